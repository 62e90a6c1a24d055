import type { Batch, TaskRunRecord } from '#core/engine/ports.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { CacheEntry } from '#core/model/store.ts'
import type { LivingPart } from './flow-run-row.ts'
import { holding, isObject } from './row.ts'

/** What one commit decided, or several: of everything that changes only the last. */
export type JournalEntry = {
  readonly created: readonly FlowRun[]
  readonly events: readonly RunEvents[]
  /** Not of those that were created here: these have it already. */
  readonly flowRuns: readonly ({ readonly id: string } & LivingPart)[]
  readonly taskRuns: readonly ChangedTaskRun[]
  readonly cache: readonly CacheEntry[]
}

/** The events of one flow run in order, with the number of the first; each is JSON, made once for journal and table. */
export type RunEvents = { readonly flowRun: string; readonly number: number; readonly events: readonly string[] }

export type ChangedTaskRun = { readonly flowRun: string; readonly run: TaskRunRecord }

/** Gathers what is decided until it is written. */
export type Gathering = {
  addBatch(batch: Batch): void
  add(entry: JournalEntry): void
  entry(): JournalEntry
  isEmpty(): boolean
  clear(): void
  /** How many rows it will make. */
  size(): number
  created(flowRun: string): FlowRun | null
  createdBy(submissionKey: string): FlowRun | null
  living(flowRun: string): LivingPart | null
  /** The number of the next event; null when none of the flow run is here. */
  nextEvent(flowRun: string): number | null
}

export const gather = (): Gathering => {
  const created = new Map<string, FlowRun>()
  const flowRuns = new Map<string, { id: string } & LivingPart>()
  const taskRuns = new Map<string, ChangedTaskRun>()
  const events = new Map<string, { flowRun: string; number: number; events: string[] }>()
  const cache = new Map<string, CacheEntry>()

  const addEvents = (flowRun: string, number: number, more: readonly string[]): void => {
    const known = events.get(flowRun)
    if (known) known.events.push(...more)
    else events.set(flowRun, { flowRun, number, events: [...more] })
  }
  const addFlowRun = (id: string, { state, startedAt, endedAt, runCount }: LivingPart): void => {
    const part = { state, startedAt, endedAt, runCount }
    const run = created.get(id)
    if (run) created.set(id, { ...run, ...part })
    else flowRuns.set(id, { id, ...part })
  }
  const addTaskRun = (flowRun: string, run: TaskRunRecord): void =>
    void taskRuns.set(`${flowRun}/${run.key}`, { flowRun, run })

  return {
    addBatch: (batch) => {
      for (const run of batch.created) created.set(run.id, run)
      for (const { flowRun, number, event, changes } of batch.decisions) {
        addEvents(flowRun, number, [JSON.stringify(event)])
        for (const change of changes) {
          if (change.kind === 'flow-run') addFlowRun(flowRun, change)
          else addTaskRun(flowRun, change.run)
        }
      }
    },
    add: (entry) => {
      for (const run of entry.created) created.set(run.id, run)
      for (const { flowRun, number, events: more } of entry.events) addEvents(flowRun, number, more)
      for (const { id, ...part } of entry.flowRuns) addFlowRun(id, part)
      for (const { flowRun, run } of entry.taskRuns) addTaskRun(flowRun, run)
      for (const one of entry.cache) cache.set(one.key, one)
    },
    entry: () => ({
      created: [...created.values()],
      events: [...events.values()],
      flowRuns: [...flowRuns.values()],
      taskRuns: [...taskRuns.values()],
      cache: [...cache.values()],
    }),
    isEmpty: () => created.size + events.size + cache.size === 0,
    clear: () => {
      for (const all of [created, flowRuns, taskRuns, events, cache]) all.clear()
    },
    size: () => created.size + flowRuns.size + taskRuns.size + events.size + cache.size,
    created: (id) => created.get(id) ?? null,
    createdBy: (key) => created.values().find(({ submissionKey }) => submissionKey === key) ?? null,
    living: (id) => flowRuns.get(id) ?? null,
    nextEvent: (id) => {
      const known = events.get(id)
      if (known) return known.number + known.events.length
      return created.has(id) ? 0 : null
    },
  }
}

export const entryOf = (batch: Batch, cache: readonly CacheEntry[]): JournalEntry => {
  const gathered = gather()
  gathered.addBatch(batch)
  const entry = gathered.entry()
  return { ...entry, taskRuns: entry.taskRuns.map(withoutMore), cache }
}

/** What the engine has of a task run is more than is stored of it. */
const withoutMore = ({ flowRun, run }: ChangedTaskRun): ChangedTaskRun => ({
  flowRun,
  run: {
    key: run.key,
    task: run.task,
    item: run.item,
    items: run.items,
    state: run.state,
    runCount: run.runCount,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    runTime: run.runTime,
    outputs: run.outputs,
    cache: run.cache,
    settings: run.settings,
  },
})

export const textOf = ({ events, ...rest }: JournalEntry): string => {
  const lists = events.map(
    ({ flowRun, number, events: its }) =>
      `{"flowRun":${JSON.stringify(flowRun)},"number":${number},"events":[${its.join(',')}]}`,
  )
  return `{"events":[${lists.join(',')}],${JSON.stringify(rest).slice(1)}`
}

type WrittenEntry = Omit<JournalEntry, 'events'> & {
  readonly events: readonly { readonly flowRun: string; readonly number: number; readonly events: readonly unknown[] }[]
}

/** The check need not be deep: the store wrote the value itself. */
const isWrittenEntry = (value: unknown): value is WrittenEntry =>
  isObject(value) && ['created', 'events', 'flowRuns', 'taskRuns', 'cache'].every((list) => Array.isArray(value[list]))

export const entryFrom = (text: string): JournalEntry => {
  const { events, ...rest } = holding({ entry: text }, 'entry', isWrittenEntry)
  return {
    ...rest,
    events: events.map((of) => ({ ...of, events: of.events.map((event) => JSON.stringify(event)) })),
  }
}
