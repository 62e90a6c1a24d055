import type { JsonValue, Outputs } from './handle.ts'
import type { ParameterValues } from './parameter.ts'
import type { State } from './state.ts'

/** A flow run as lists and pages show it: a projection of its events. Times are milliseconds since 1970. */
export type FlowRun = {
  readonly id: string
  /** Two words, for example quiet-heron. */
  readonly name: string
  readonly flow: string
  /** The hash by which the store keeps the YAML text it runs. */
  readonly document: string
  /** The file the text came from, or null when it came from elsewhere. */
  readonly file: string | null
  readonly parameters: ParameterValues
  readonly tags: readonly string[]
  readonly state: State
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly runCount: number
  /** For a subflow: the flow run and the task run that asked for it. */
  readonly parent: { readonly flowRun: string; readonly taskRun: string } | null
  /** Two submissions with one key make one flow run. */
  readonly submissionKey: string | null
  /** For a part of a flow: which tasks run, and the run whose results the others reuse. */
  readonly selection: { readonly tasks: readonly string[]; readonly reuse: string | null } | null
}

/** Why a cache was or was not used, with the parts its key was made of. */
export type CacheDecision = {
  readonly key: string
  readonly parts: Readonly<Record<string, string>>
  readonly outcome: 'hit' | 'miss' | 'expired' | 'result-missing' | 'refused'
  /** The task run whose result a hit uses. */
  readonly from: { readonly flowRun: string; readonly taskRun: string } | null
}

export type Progress = {
  readonly done: number
  readonly total: number | null
  readonly unit: 'bytes' | 'rows' | 'items'
}

/** One execution of a task (or of one item of a mapped task) in a flow run: a projection of its events. */
export type TaskRun = {
  readonly flowRun: string
  /** See task-run-key.ts; unique in the flow run. */
  readonly key: string
  readonly task: string
  readonly item: number | null
  /** How many items a mapped task has, in the task run that sums them up (then `item` is null); else null. */
  readonly items: number | null
  readonly state: State
  /** How often it has started. */
  readonly runCount: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Sum of the times it was running, milliseconds. */
  readonly runTime: number
  readonly outputs: Outputs
  /** Why it waits, in words, or null. */
  readonly waiting: string | null
  readonly cache: CacheDecision | null
  /** The settings it ran with; secrets are references. */
  readonly settings: JsonValue
}

/** How long it took, milliseconds: a mapped task from the start of its first item to the end of its last. */
export const durationOf = ({ item, items, startedAt, endedAt, runTime }: TaskRun): number =>
  item === null && items !== null && startedAt !== null && endedAt !== null ? endedAt - startedAt : runTime
