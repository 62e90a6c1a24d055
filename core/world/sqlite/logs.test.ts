import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { longestLine, type LogEntry } from '#core/model/log-line.ts'
import { openMemoryHome } from '#core/world/home/memory-home.ts'
import { sampleLine } from '#core/world/home/testing/sample-runs.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { homeInMemory, homeOnDisk } from '#core/world/home/testing/throw-away.ts'

const kinds = [
  { kind: 'on disk', open: () => homeOnDisk() },
  { kind: 'in memory', open: () => homeInMemory() },
]

const numbered = (count: number, facts: Partial<LogEntry> = {}) =>
  Array.from({ length: count }, (_, index) => sampleLine(`line ${index + 1}`, facts))

describe.each(kinds)('a log store $kind', ({ open }) => {
  test('gives back lines as they were written, numbered without gaps', async () => {
    const { logs } = await open()
    const entries = [
      sampleLine('first'),
      sampleLine('of the run itself', { taskRun: null, level: 'error', at: 5 }),
      sampleLine('another run', { flowRun: 'run-2' }),
      sampleLine('käse 🧀 \u0000 \n\t', { taskRun: 'each[3]', level: 'debug' }),
    ]
    logs.write(entries)
    expect(logs.lines({ flowRun: 'run-1' })).toEqual(
      [entries[0], entries[1], entries[3]].map((entry, index) => ({ ...entry, seq: [1, 2, 4][index] })),
    )
    expect(logs.lines({ flowRun: 'run-2' })).toMatchObject([{ seq: 3 }])
    expect(logs.lines({ flowRun: 'unknown' })).toEqual([])
    expect(logs.lastSeq()).toBe(4)
  })

  test('reads by task run, level and text, forward, backward, from a line on, and counts', async () => {
    const { logs } = await open()
    logs.write(numbered(1000))
    logs.write([
      sampleLine('50% done', { level: 'warning', taskRun: null }),
      sampleLine('FAILED at line 77', { level: 'error' }),
    ])
    logs.write(numbered(5, { taskRun: 'load' }))
    const messages = (query: Parameters<typeof logs.lines>[0]) => logs.lines(query).map(({ message }) => message)
    const flowRun = 'run-1'
    expect(messages({ flowRun, taskRun: 'fetch', limit: 2 })).toEqual(['line 1', 'line 2'])
    expect(messages({ flowRun, taskRun: 'fetch', fromEnd: true, limit: 2 })).toEqual(['line 1000', 'FAILED at line 77'])
    expect(messages({ flowRun, taskRun: null })).toEqual(['50% done'])
    expect(messages({ flowRun, taskRun: 'none' })).toEqual([])
    expect(messages({ flowRun, minimumLevel: 'warning' })).toEqual(['50% done', 'FAILED at line 77'])
    expect(messages({ flowRun, text: 'LINE 77', limit: 2 })).toEqual(['line 77', 'line 770'])
    expect(messages({ flowRun, text: '0%' })).toEqual(['50% done'])
    expect(messages({ flowRun, after: 1002, limit: 1 })).toEqual(['line 1'])
    expect(messages({ flowRun, before: 4, fromEnd: true, limit: 2 })).toEqual(['line 2', 'line 3'])
    expect(logs.count({ flowRun })).toBe(1007)
    expect(logs.count({ flowRun, text: 'line 77' })).toBe(12)
  })

  test('shows a match with the lines around it, each once', async () => {
    const { logs } = await open()
    logs.write(numbered(20))
    const lines = logs.lines({ flowRun: 'run-1', text: 'line 1', context: 1, limit: 3 })
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 9, 10, 11, 12])
  })

  test('cuts a line that is too long, between characters, and says so', async () => {
    const { logs } = await open()
    logs.write([sampleLine('ä'.repeat(longestLine)), sampleLine('x'.repeat(longestLine))])
    const [cut, whole] = logs.lines({ flowRun: 'run-1' })
    expect(Buffer.byteLength(cut?.message ?? '')).toBeLessThanOrEqual(longestLine)
    expect(cut?.message).toMatch(/^ä+ … \(cut: the line has 131,072 bytes\)$/)
    expect(whole?.message).toBe('x'.repeat(longestLine))
  })

  test('a follower gets every line, in order, once', async () => {
    const { logs } = await open()
    const stop = new AbortController()
    const seen: number[] = []
    const following = (async () => {
      for await (const lines of logs.follow({ flowRun: 'run-1', taskRun: 'fetch' }, stop.signal)) {
        seen.push(...lines.map(({ seq }) => seq))
        if (seen.length === 5000) stop.abort()
      }
    })()
    for (let batch = 0; batch < 50; batch++) {
      logs.write(numbered(100))
      logs.write(numbered(1, { flowRun: 'run-2' }))
      if (batch % 7 === 0) await new Promise(setImmediate)
    }
    await following
    expect(seen).toHaveLength(5000)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  test('a follower that is aborted ends, though no line comes', async () => {
    const { logs } = await open()
    const stop = new AbortController()
    const next = logs.follow({ flowRun: 'run-1' }, stop.signal)[Symbol.asyncIterator]().next()
    stop.abort()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  test('tells of lines within 50 ms without being asked', async () => {
    const { logs } = await open()
    const told = new Promise((resolve) => logs.onAppend(({ flowRuns }) => resolve([...flowRuns])))
    logs.write([sampleLine('x')])
    expect(await Promise.race([told, wait(50, 'too late')])).toEqual(['run-1'])
  })

  test('frees the lines of one run and no other, and never gives a number twice', async () => {
    const { logs } = await open()
    logs.write(numbered(30_000))
    logs.write(numbered(3, { flowRun: 'run-2' }))
    const before = logs.size()
    await logs.delete('run-1')
    expect(logs.lines({ flowRun: 'run-1' })).toEqual([])
    expect(logs.size()).toBeLessThan(before / 2)
    logs.write([sampleLine('again')])
    expect(logs.lines({ flowRun: 'run-1' })).toMatchObject([{ seq: 30_004, message: 'again' }])
    expect(logs.count({ flowRun: 'run-2' })).toBe(3)
  })
})

test('the log of one task run stops growing at its limit and says so once; others go on', () => {
  const home = openMemoryHome({ migrations, logCap: { lines: 100, bytes: 1e6 } })
  home.logs.write(numbered(400))
  home.logs.write(numbered(3, { taskRun: 'load' }))
  home.logs.flush()
  home.logs.write(numbered(400))
  const lines = home.logs.lines({ flowRun: 'run-1', taskRun: 'fetch' })
  expect(lines).toHaveLength(101)
  expect(lines.at(-1)?.level).toBe('warning')
  expect(lines.at(-1)?.message).toContain('has reached 100 lines')
  expect(home.logs.count({ flowRun: 'run-1', taskRun: 'load' })).toBe(3)
  expect(home.logs.lastSeq()).toBe(104)
  home.close()
})

test('the log of one task run stops growing at its limit of bytes', () => {
  const home = openMemoryHome({ migrations, logCap: { lines: 1e6, bytes: 1000 } })
  home.logs.write(Array.from({ length: 50 }, () => sampleLine('x'.repeat(100))))
  expect(home.logs.count({ flowRun: 'run-1' })).toBe(11)
  home.close()
})

test('the lines of ten thousand task runs are all kept', () => {
  const home = openMemoryHome({ migrations })
  const each = Array.from({ length: 10_000 }, (_, index) => sampleLine('x', { taskRun: `fetch[${index}]` }))
  home.logs.write([...each, ...each])
  expect(home.logs.count({ flowRun: 'run-1' })).toBe(20_000)
  expect(home.logs.lines({ flowRun: 'run-1', taskRun: 'fetch[9999]' })).toHaveLength(2)
  home.close()
})
