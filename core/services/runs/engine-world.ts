import { logLines } from '#core/engine/log-lines.ts'
import type { Batch, Change, Driver, EngineWorld } from '#core/engine/ports.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { LogEntry } from '#core/model/log-line.ts'
import type { RunEvent } from '#core/model/run-event.ts'
import type { LogStore } from '#core/model/log-store.ts'
import { createEngineStore, createProjections, createRecordings, type RunStore } from './engine-store.ts'
import { createJobs, type JobsWorld } from './jobs.ts'
import { changesOf, type LiveChange, type LiveRuns } from './live-runs.ts'
import type { Prepare } from './prepare.ts'
import { sharedCommits } from './shared-commits.ts'
import type { StateStore } from '#core/model/store.ts'

export type EngineWorldParts = Pick<JobsWorld, 'home' | 'catalogue' | 'runners' | 'flowFolder'> & {
  readonly store: RunStore & Pick<StateStore, 'flowRun' | 'document' | 'taskRun'>
  readonly logs: LogStore
  readonly live: LiveRuns
  readonly prepare: Prepare
  /** Failure texts may hold what a server sent back. */
  mask(text: string): string
  /** Called after the driver was made with this world. */
  driver(): Driver
  /** Told why nothing can be stored, and null when it can be again. */
  stalled(reason: string | null): void
}

/** The world the engine's driver acts on: this machine's clock and timers, the home, the workers. */
export const engineWorld = (parts: EngineWorldParts): EngineWorld => {
  const { store, logs, live, home } = parts
  const projections = createProjections((id) => store.flowRun(id))
  const recordings = createRecordings()
  const documentOf = (flowRun: string): FlowDocument | null => {
    const hash = projections.flowRun(flowRun)?.document ?? store.flowRun(flowRun)?.document
    return hash === undefined ? null : (store.document(hash)?.document ?? null)
  }
  const observe = (batch: Batch) => {
    logs.write([
      ...batch.created.flatMap(createdEntries),
      ...batch.decisions.flatMap(({ flowRun, event, changes }) => entriesOf(flowRun, event.at, changes, parts)),
    ])
    live.publish([...changesOf(batch, projections), ...heldIn(batch, parts)])
  }
  const jobs = createJobs({
    home,
    catalogue: parts.catalogue,
    runners: parts.runners,
    logs,
    flowFolder: parts.flowFolder,
    publish: (changes) => live.publish(changes),
    record: recordings.add,
    store,
    mask: parts.mask,
    report: (outcome) => parts.driver().report(outcome),
  })
  return {
    clock: { now: Date.now },
    random: Math.random,
    timer: setTimer,
    ...sharedCommits(createEngineStore({ store, documentOf, recordings, jobsRunning: jobs.running }), jobs.running),
    prepare: parts.prepare,
    jobs,
    observe,
    stalled: parts.stalled,
  }
}

/** Which tasks are on hold is told where that may be otherwise than before. */
const heldIn = ({ decisions }: Batch, { driver }: EngineWorldParts): readonly LiveChange[] => {
  const changed = new Set(decisions.filter(({ event }) => changesHeld.has(event.kind)).map(({ flowRun }) => flowRun))
  return [...changed].map((flowRun) => ({ kind: 'held', flowRun, tasks: driver().view(flowRun)?.held ?? [] }))
}

const changesHeld: ReadonlySet<RunEvent['kind']> = new Set(['hold', 'release', 'resume'])

/** As Prefect says it, in the log of the flow run and, for a subflow, of the task run that asked for it. */
const createdEntries = ({ id, name, flow, createdAt, parent }: FlowRun): LogEntry[] => {
  const line = { at: createdAt, level: 'info' } as const
  const own = { ...line, flowRun: id, taskRun: null, message: `Created flow run '${name}' for flow '${flow}'` }
  if (!parent) return [own]
  return [own, { ...line, ...parent, message: `Created subflow run '${name}' for flow '${flow}'` }]
}

const entriesOf = (flowRun: string, at: number, changes: readonly Change[], { mask }: EngineWorldParts): LogEntry[] =>
  changes.flatMap((change) =>
    logLines(change).map(({ taskRun, level, message }) => ({ flowRun, taskRun, at, level, message: mask(message) })),
  )

/** setTimeout cannot wait longer than this many milliseconds; it would fire at once. */
const longestTimeout = 2 ** 31 - 1

const setTimer = (at: number, run: () => void): (() => void) => {
  let timer: NodeJS.Timeout
  const wait = () => {
    const left = at - Date.now()
    timer = left > longestTimeout ? setTimeout(wait, longestTimeout) : setTimeout(run, Math.max(0, left))
  }
  wait()
  return () => clearTimeout(timer)
}
