import type { LogStore } from '#core/model/log-store.ts'
import type { RunNews } from '#core/model/run-news.ts'
import { isTerminal } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { LiveChange, LiveRuns } from './live-runs.ts'
import { createWake } from './wake.ts'

export type WatchWorld = {
  readonly store: Pick<StateStore, 'flowRun' | 'taskRuns' | 'children'>
  readonly logs: Pick<LogStore, 'lines' | 'onAppend' | 'flush'>
  readonly live: LiveRuns
  /** Tasks on hold. */
  held(flowRun: string): readonly string[]
}

export type WatchRequest = {
  readonly flowRun: string
  /** Lines with a greater seq only. */
  readonly logsAfter: number
  /** Also what its subflow runs do. */
  readonly subflows: boolean
  /** False: no lines are told. */
  readonly logs: boolean
}

/** Most lines told at once. */
const page = 1000

/** The run as it is now, then what changes and what is logged, until it has ended and every line was told. */
export async function* watchRun(
  world: WatchWorld,
  request: WatchRequest,
  signal: AbortSignal,
): AsyncGenerator<RunNews> {
  const wake = createWake(signal)
  const watched = new Set<string>()
  const toldUpTo = new Map<string, number>()
  const pending: LiveChange[] = []
  const stopListening = world.live.subscribe((changes) => {
    pending.push(...changes.filter((change) => isOurs(change, watched, request.subflows)))
    wake.call()
  })
  const stopLogs = request.logs ? world.logs.onAppend(() => wake.call()) : () => undefined
  try {
    yield* snapshot(world, request, { watched, toldUpTo })
    for (;;) {
      const changes = pending.splice(0)
      const ended = isEnded(world, request.flowRun)
      if (ended) world.logs.flush()
      const joined = new Set(changes.filter((change) => joins(change, toldUpTo)))
      yield* joined
      if (request.logs) yield* newLines(world, toldUpTo)
      yield* changes.filter((change) => !joined.has(change))
      if (ended && pending.length === 0) break
      if (signal.aborted) return
      if (pending.length === 0) await wake.next()
    }
    yield { kind: 'end', flowRun: request.flowRun }
  } finally {
    stopListening()
    stopLogs()
  }
}

const flowRunOf = (change: LiveChange): string => {
  switch (change.kind) {
    case 'flow-run':
      return change.flowRun.id
    case 'task-run':
      return change.taskRun.flowRun
    case 'progress':
    case 'held':
      return change.flowRun
    default:
      return change satisfies never
  }
}

/** A subflow run joins when it is first heard of. */
const isOurs = (change: LiveChange, watched: Set<string>, subflows: boolean): boolean => {
  if (watched.has(flowRunOf(change))) return true
  if (!subflows || change.kind !== 'flow-run' || change.flowRun.parent === null) return false
  if (!watched.has(change.flowRun.parent.flowRun)) return false
  watched.add(change.flowRun.id)
  return true
}

/** The first of a subflow run is told before its lines, which do not say the run's name. */
const joins = (change: LiveChange, toldUpTo: Map<string, number>): boolean => {
  const flowRun = flowRunOf(change)
  if (toldUpTo.has(flowRun)) return false
  toldUpTo.set(flowRun, 0)
  return true
}

const isEnded = ({ store }: WatchWorld, id: string): boolean => {
  const flowRun = store.flowRun(id)
  return flowRun === null || isTerminal(flowRun.state)
}

/** The flow runs we tell of, and of those already told of, the seq of the last line told. */
type Watching = { readonly watched: Set<string>; readonly toldUpTo: Map<string, number> }

function* snapshot(
  { store, held }: WatchWorld,
  request: WatchRequest,
  { watched, toldUpTo }: Watching,
): Generator<RunNews> {
  const visit = function* (id: string): Generator<RunNews> {
    const flowRun = store.flowRun(id)
    if (!flowRun) return
    watched.add(id)
    toldUpTo.set(id, id === request.flowRun ? request.logsAfter : 0)
    yield { kind: 'flow-run', flowRun }
    for (const taskRun of store.taskRuns(id)) yield { kind: 'task-run', taskRun }
    yield { kind: 'held', flowRun: id, tasks: held(id) }
    if (request.subflows) for (const child of store.children(id)) yield* visit(child.id)
  }
  yield* visit(request.flowRun)
}

function* newLines({ logs }: WatchWorld, toldUpTo: Map<string, number>): Generator<RunNews> {
  for (const [flowRun, after] of toldUpTo) {
    let last = after
    for (;;) {
      const lines = logs.lines({ flowRun, after: last, limit: page })
      if (lines.length === 0) break
      last = lines.at(-1)?.seq ?? last
      toldUpTo.set(flowRun, last)
      yield { kind: 'logs', lines }
    }
  }
}
