import { expect, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { LogLine } from '#core/model/log-line.ts'
import { createLiveRuns } from './live-runs.ts'
import { watchRun, type WatchWorld } from './watch-run.ts'

const flowRun = (id: string, change: Partial<FlowRun> = {}): FlowRun => ({
  id,
  name: `name of ${id}`,
  flow: 'flow',
  document: 'hash',
  file: null,
  parameters: {},
  tags: [],
  state: { name: 'Running', at: 0, message: null },
  createdAt: 0,
  startedAt: 0,
  endedAt: null,
  runCount: 1,
  parent: null,
  submissionKey: null,
  selection: null,
  ...change,
})

/** Flow runs and lines in memory, as the stores would answer. */
const createWorld = () => {
  const flowRuns = new Map<string, FlowRun>()
  const lines: LogLine[] = []
  const live = createLiveRuns()
  const world: WatchWorld = {
    store: { flowRun: (id) => flowRuns.get(id) ?? null, taskRuns: () => [], children: () => [] },
    logs: {
      lines: (query) => lines.filter((line) => line.flowRun === query.flowRun && line.seq > (query.after ?? 0)),
      onAppend: () => () => undefined,
      flush: () => undefined,
    },
    live,
    held: () => [],
  }
  const change = (changed: FlowRun): void => {
    flowRuns.set(changed.id, changed)
    live.publish([{ kind: 'flow-run', flowRun: changed }])
  }
  const log = (id: string): void =>
    void lines.push({ seq: lines.length + 1, flowRun: id, taskRun: null, at: 0, level: 'info', message: id })
  return { world, change, log }
}

test('a subflow run is told before its lines, and an end after them', async () => {
  const { world, change, log } = createWorld()
  const ended = { state: { name: 'Completed', at: 1, message: null } } as const
  change(flowRun('parent'))
  const request = { flowRun: 'parent', logsAfter: 0, subflows: true, logs: true }
  const watch = watchRun(world, request, new AbortController().signal)
  const told: string[] = []
  for await (const news of watch) {
    if (news.kind === 'flow-run') told.push(`${news.flowRun.id} ${news.flowRun.state.name}`)
    if (news.kind === 'logs') told.push(...news.lines.map((line) => `line of ${line.flowRun}`))
    if (news.kind === 'held' || told.length !== 1) continue
    log('child')
    change(flowRun('child', { parent: { flowRun: 'parent', taskRun: 'run' } }))
    log('parent')
    change(flowRun('parent', ended))
  }
  expect(told).toEqual(['parent Running', 'child Running', 'line of parent', 'line of child', 'parent Completed'])
})

test('what is on hold is told at the beginning, so after a reconnection too, and whenever it changes', async () => {
  const { world, change } = createWorld()
  change(flowRun('run'))
  const request = { flowRun: 'run', logsAfter: 0, subflows: false, logs: false }
  const left = new AbortController()
  const told: string[] = []
  for await (const news of watchRun({ ...world, held: () => ['a'] }, request, left.signal)) {
    if (news.kind !== 'held') continue
    told.push(news.tasks.join())
    if (told.length === 1) world.live.publish([{ kind: 'held', flowRun: 'run', tasks: ['a', 'b'] }])
    else left.abort()
  }
  expect(told).toEqual(['a', 'a,b'])
})
