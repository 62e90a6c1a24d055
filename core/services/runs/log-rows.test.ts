import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleLine } from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory } from '#core/world/home/testing/throw-away.ts'
import { logRows } from './log-rows.ts'
import { createLogPages } from './watch-logs.ts'

const flowRun = 'run-1'

/** Lines of two runs in turn, of which every third is a warning. */
const writtenLines = async (count: number) => {
  const { logs } = await homeInMemory()
  const add = (from: number, more: number) =>
    logs.write(
      Array.from({ length: more }, (_, index) => from + index).flatMap((number) => [
        sampleLine(`line ${number}`, { level: number % 3 === 0 ? 'warning' : 'info' }),
        sampleLine('of another run', { flowRun: 'run-2' }),
      ]),
    )
  add(0, count)
  return { logs, add }
}

const pagesOf = (logs: Parameters<typeof createLogPages>[0]['logs']) =>
  createLogPages({ logs, store: { findFlowRun: (id: string) => ({ id }) as never } })

test('every row is found by its number, and every number by its row, also in lines that came later', async () => {
  const { logs, add } = await writtenLines(9000)
  const rowsFor = logRows(logs)
  const check = async () => {
    for (const query of [{ flowRun }, { flowRun, minimumLevel: 'warning' as const }]) {
      const all = logs.lines({ ...query, limit: 100_000 })
      const rows = rowsFor(query)
      expect(await rows.total()).toBe(all.length)
      await fc.assert(
        fc.asyncProperty(fc.nat(all.length - 1), async (row) => {
          const { after, skip } = await rows.before(row)
          expect(skip).toBeLessThan(4096)
          const [line] = logs.lines({ ...query, after, offset: skip, limit: 1 })
          expect(line?.seq).toBe(all[row]?.seq)
          expect(await rows.rowOf(line?.seq ?? 0)).toBe(row)
        }),
        { numRuns: 30 },
      )
    }
  }
  await check()
  add(9000, 5000)
  await check()
}, 60_000)

test('a page far down holds the lines that stand there', async () => {
  const { logs } = await writtenLines(9000)
  const { total, offset, lines } = await pagesOf(logs).page({ flowRun }, { offset: 8000, limit: 2 })
  expect({ total, offset, messages: lines.map(({ message }) => message) }).toEqual({
    total: 9000,
    offset: 8000,
    messages: ['line 8000', 'line 8001'],
  })
})

test('a watcher gets the tail, then only hears of its run', async () => {
  const { logs, add } = await writtenLines(500)
  const stop = new AbortController()
  const pages = pagesOf(logs).watch({ flowRun, minimumLevel: 'warning' }, stop.signal)[Symbol.asyncIterator]()
  const first = await pages.next()
  expect(first.value).toMatchObject({ total: 167, offset: 47 })
  logs.write([sampleLine('of another run', { flowRun: 'run-2' })])
  add(500, 4)
  const second = await pages.next()
  expect(second.value).toMatchObject({ total: 168, offset: 48 })
  expect(second.value).toMatchObject({
    lines: expect.arrayContaining([expect.objectContaining({ message: 'line 501' })]) as unknown,
  })
  stop.abort()
  await pages.return?.()
})

test('a search tells every match, and goes on with what is written later', async () => {
  const { logs, add } = await writtenLines(2000)
  const stop = new AbortController()
  const found = pagesOf(logs).find({ flowRun }, 'LINE 199', stop.signal)[Symbol.asyncIterator]()
  const first = await found.next()
  expect(first.value).toMatchObject({ count: 11, done: 1 })
  const wanted = logs.lines({ flowRun, limit: 5000 }).filter(({ message }) => message.startsWith('line 199'))
  expect(first.value).toMatchObject({ seqs: wanted.map(({ seq }) => seq) })
  add(19_900, 3)
  const second = await found.next()
  expect(second.value).toMatchObject({ count: 14 })
  stop.abort()
  await found.return?.()
})
