import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '#core/compose.ts'
import type { FlowRunDetail } from '#core/model/run-news.ts'

const openHere = async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-parts-'))
  const engine = await openEngine({
    home,
    passphrase: null,
    onBug: (error) => {
      throw error
    },
  })
  onTestFinished(async () => {
    await engine.close()
    rmSync(home, { recursive: true, force: true })
  })
  const counted = path.join(home, 'counted')
  const takeCounted = (): string[] => {
    const lines = existsSync(counted) ? readFileSync(counted, 'utf8').trim().split('\n') : []
    rmSync(counted, { force: true })
    return lines.toSorted()
  }
  const { runs } = engine.client
  const run = async (request: Parameters<typeof runs.submit>[0]): Promise<FlowRunDetail> => {
    const { id } = await runs.submit(request)
    await engine.ended(id)
    return runs.inspect({ flowRun: id })
  }
  return { runs, run, counted, takeCounted }
}

/** Three in a row and one beside; `two` does as it is told. */
const flow = (counted: string, two: string) =>
  ({
    from: 'text',
    folder: null,
    text: `millrace: 1
name: row
parameters:
  word: { type: string, default: corn }
  unused: { type: string, default: '' }
tasks:
  one: { type: script.shell, with: { script: 'echo one >> ${counted}; echo {{ word }} > "$MILLRACE_OUTPUTS/word.txt"' } }
  two: { type: script.shell, inputs: { files: one.file }, with: { script: 'echo two >> ${counted}; ${two}' }, retries: 1 }
  three: { type: script.shell, after: [two], with: { script: 'echo three >> ${counted}' } }
  beside: { type: script.shell, with: { script: 'echo beside >> ${counted}' } }
`,
  }) as const

test('before a part runs, it is told what becomes of each task, also that something is missing', async () => {
  const { runs, run, counted } = await openHere()
  const source = flow(counted, 'true')
  const only = { mode: 'only', task: 'two' } as const
  const before = await runs.planPart({ source, selection: only })
  expect(before.reuse).toBeNull()
  expect(before.refusal).toContain('the flow has not run yet')
  expect(before.tasks).toEqual([
    { task: 'one', fate: 'missing' },
    { task: 'two', fate: 'runs' },
    { task: 'three', fate: 'left-out' },
    { task: 'beside', fate: 'left-out' },
  ])
  const { flowRun } = await run({ source })
  const after = await runs.planPart({ source, selection: only })
  expect(after).toMatchObject({ reuse: { id: flowRun.id, name: flowRun.name }, refusal: null })
  expect(after.tasks.map(({ fate }) => fate)).toEqual(['reused', 'runs', 'reused', 'reused'])
})

test('the rest of a failed run, once the flow was mended: what did not complete and what was changed', async () => {
  const { run, counted, takeCounted } = await openHere()
  const failed = await run({ source: flow(counted, 'exit 1'), parameters: { values: { word: 'rye' } } })
  expect(failed.flowRun.state.name).toBe('Failed')
  takeCounted()
  const rest = { mode: 'rest', reuse: failed.flowRun.id } as const
  const source = flow(counted, 'true')
  const mended = await run({ source, selection: rest })
  expect(mended.flowRun).toMatchObject({ state: { name: 'Completed' }, parameters: { word: 'rye' } })
  expect(takeCounted()).toEqual(['three', 'two'])

  const changed = { mode: 'rest', reuse: mended.flowRun.id } as const
  await run({ source, selection: changed, parameters: { values: { unused: 'x' } } })
  expect(takeCounted()).toEqual([])
  await run({ source, selection: rest, parameters: { values: { word: 'oats' } } })
  expect(takeCounted()).toEqual(['one', 'three', 'two'])
})

test('a timeline has every state of every task run, with its retries', async () => {
  const { runs, run, counted } = await openHere()
  const { flowRun } = await run({ source: flow(counted, 'test "$MILLRACE_ATTEMPT" = 2') })
  const { states, taskRuns } = await runs.timeline({ flowRun: flowRun.id })
  expect(states.map(({ name }) => name)).toEqual(['Pending', 'Running', 'Completed'])
  expect(taskRuns.map(({ taskRun }) => taskRun)).toEqual(['one', 'two', 'three', 'beside'])
  const names = taskRuns.find(({ task }) => task === 'two')?.states.map(({ name }) => name)
  expect(names?.filter((name) => name !== 'Pending')).toEqual([
    'Running',
    'Failed',
    'AwaitingRetry',
    'Retrying',
    'Completed',
  ])
  expect(await runs.waiting({ flowRun: flowRun.id, taskRun: 'two' })).toEqual({ reason: null })
})
