import type { Batch as EngineBatch, Change, EngineStore, TaskRunRecord } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { CacheEntry, Recorded } from '#core/model/store.ts'
import { isTerminal, stateType } from '#core/model/state.ts'

export type Projection = { readonly flowRuns: readonly FlowRun[]; readonly taskRuns: readonly TaskRun[] }

/** Whole rows from the changes of a batch; remembers the flow runs that have not ended, and the last batch. */
export type Projections = {
  flowRun(id: string): FlowRun | undefined
  project(batch: EngineBatch): Projection
}

export const createProjections = (load: (id: string) => FlowRun | null): Projections => {
  const live = new Map<string, FlowRun>()
  let last: { batch: EngineBatch; projection: Projection } | null = null

  const flowRunOf = (id: string): FlowRun => {
    const known = live.get(id) ?? load(id)
    if (!known) throw new Refused({ code: 'bug', message: `Flow run ${id} changed before it was created.` })
    return known
  }
  const forgetEnded = () => {
    for (const { id, state } of last?.projection.flowRuns ?? []) if (isTerminal(state)) live.delete(id)
  }
  const project = (batch: EngineBatch): Projection => {
    if (last?.batch === batch) return last.projection
    forgetEnded()
    for (const flowRun of batch.created) live.set(flowRun.id, flowRun)
    const flowRuns = new Map(batch.created.map((flowRun) => [flowRun.id, flowRun]))
    const taskRuns = new Map<string, TaskRun>()
    for (const { flowRun: id, changes } of batch.decisions) {
      for (const change of changes) {
        if (change.kind === 'task-run') taskRuns.set(`${id}/${change.run.key}`, taskRunOf(id, change.run))
        else {
          const flowRun = { ...flowRunOf(id), ...facts(change) }
          live.set(id, flowRun)
          flowRuns.set(id, flowRun)
        }
      }
    }
    const projection = { flowRuns: [...flowRuns.values()], taskRuns: [...taskRuns.values()] }
    last = { batch, projection }
    return projection
  }
  return { flowRun: (id) => live.get(id), project }
}

const facts = ({ state, startedAt, endedAt, runCount }: Extract<Change, { kind: 'flow-run' }>) => ({
  state,
  startedAt,
  endedAt,
  runCount,
})

const taskRunOf = (flowRun: string, run: TaskRunRecord): TaskRun => ({ ...run, flowRun, waiting: null })

/** The home's store, which takes cache entries and what jobs recorded along with a batch. */
export type RunStore = Pick<EngineStore, 'load'> & {
  /** Durable when it returns. */
  append(batch: EngineBatch, cache: readonly CacheEntry[], recorded: readonly Recorded[]): void
  /** Durable once the promise resolves. */
  appendSoon(batch: EngineBatch, cache: readonly CacheEntry[], recorded: readonly Recorded[]): Promise<void>
}

/** What jobs recorded and is not stored yet. */
export type Recordings = {
  add(recorded: readonly Recorded[]): void
  /** Hands all of it to `store`, and forgets it unless that throws. */
  pass<T>(store: (recorded: readonly Recorded[]) => T): T
}

export const createRecordings = (): Recordings => {
  let waiting: Recorded[] = []
  return {
    add: (recorded) => void waiting.push(...recorded),
    pass: (store) => {
      const answer = store(waiting)
      if (waiting.length > 0) waiting = []
      return answer
    },
  }
}

export type EngineStoreParts = {
  readonly store: RunStore
  readonly documentOf: DocumentOf
  readonly recordings: Pick<Recordings, 'pass'>
  readonly jobsRunning: () => number
}

/**
 * The engine's store: the home's, and in the same transaction the cache entries that completed task runs make and what
 * jobs recorded until now, so that whoever sees an outcome finds it. While jobs run there is something to do meanwhile;
 * otherwise waiting for the disk is quickest.
 */
export const createEngineStore = ({ store, documentOf, recordings, jobsRunning }: EngineStoreParts): EngineStore => ({
  append: (batch) =>
    recordings.pass((recorded) => {
      const append = jobsRunning() > 0 ? store.appendSoon : store.append
      return append(batch, cacheEntriesOf(batch, documentOf), recorded)
    }),
  load: (flowRun) => store.load(flowRun),
})

type DocumentOf = (flowRun: string) => FlowDocument | null

const cacheEntriesOf = ({ decisions }: EngineBatch, documentOf: DocumentOf): readonly CacheEntry[] =>
  decisions.flatMap(({ flowRun, changes }) =>
    changes.flatMap((change) => (change.kind === 'task-run' ? cacheEntryOf(flowRun, change.run, documentOf) : [])),
  )

const cacheEntryOf = (flowRun: string, run: TaskRunRecord, documentOf: DocumentOf): readonly CacheEntry[] => {
  const { cache, state, endedAt } = run
  if (cache === null || cache.outcome === 'hit' || cache.outcome === 'refused') return []
  if (stateType(state) !== 'COMPLETED' || endedAt === null) return []
  const rule = documentOf(flowRun)?.tasks.find(({ id }) => id === run.task)?.cache
  if (!rule) return []
  const expiresAt = rule.expires === null ? null : endedAt + rule.expires
  return [{ key: cache.key, flowRun, taskRun: run.key, createdAt: endedAt, expiresAt }]
}
