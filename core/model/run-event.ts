import type { CacheDecision } from './flow-run.ts'
import type { Failure } from './failure.ts'
import type { JsonValue, Outputs } from './handle.ts'
import type { JobOutcome } from './worker-job.ts'

/**
 * What happened to a flow run, in order: the stored truth. A flow run's state is the fold of its events by
 * core/engine/transition.ts over the plan of its document. Events are JSON and carry their time (`at`, milliseconds since
 * 1970) and whatever chance decided, so that folding them again gives the same state. `taskRun` is a task run key.
 */
export type RunEvent = { readonly at: number } & (
  | { readonly kind: 'created'; readonly reused: readonly ReusedTask[] }
  | { readonly kind: 'begun' }
  /** The world evaluated what the task run needs. More than one for a fused chain; each but the last is `run`. */
  | { readonly kind: 'prepared'; readonly taskRuns: readonly string[]; readonly preparations: readonly Preparation[] }
  /** All its slots were handed over and the job begins. */
  | { readonly kind: 'started'; readonly job: string; readonly taskRuns: readonly string[] }
  /** The limit would never let it run. */
  | {
      readonly kind: 'refused'
      readonly job: string
      readonly taskRuns: readonly string[]
      readonly limit: string
      readonly failure: Failure
    }
  /** `random`, in [0, 1), is the chance in the next delay. */
  | {
      readonly kind: 'outcome'
      readonly job: string
      readonly taskRun: string
      readonly outcome: JobOutcome
      readonly random: number
    }
  /** What became known of the outputs of a completed task run later, for example row counts. */
  | { readonly kind: 'outputs-measured'; readonly taskRun: string; readonly outputs: Outputs }
  | { readonly kind: 'timer'; readonly timer: Timer }
  /** The second one stops `run_if: always` tasks and hooks too. */
  | { readonly kind: 'cancel'; readonly reason: string | null }
  /** A task's id stands for all its task runs. */
  | { readonly kind: 'cancel-task'; readonly taskRun: string; readonly reason: string | null }
  | { readonly kind: 'pause'; readonly reason: string | null }
  | { readonly kind: 'unpause' }
  | { readonly kind: 'hold'; readonly task: string }
  | { readonly kind: 'release'; readonly task: string }
  /** An ended run goes on. `missing`: completed task runs whose results are gone. */
  | { readonly kind: 'resume'; readonly missing: readonly string[] }
  /** The engine died or was shut down; nothing runs any more. */
  | { readonly kind: 'engine-lost'; readonly message: string }
)

/** A task outside the selection whose outputs come from a former run. */
export type ReusedTask = { readonly task: string; readonly from: string } & (
  | { readonly outputs: Outputs }
  | { readonly items: readonly { readonly value: JsonValue; readonly outputs: Outputs }[] }
)

/** The answer to what is to become of a task run, before it asks for slots. */
export type Preparation =
  | {
      readonly kind: 'run'
      readonly settings: JsonValue
      readonly limits: readonly Limit[]
      readonly cache: CacheDecision | null
    }
  /** One task run for each item; only for a task with for_each that was asked as a whole. */
  | { readonly kind: 'map'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'cached'; readonly settings: JsonValue; readonly outputs: Outputs; readonly cache: CacheDecision }
  | { readonly kind: 'skip'; readonly reason: string }
  /** The task is disabled: its input goes through; tasks after it take that for success. */
  | { readonly kind: 'pass'; readonly outputs: Outputs }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A named limit on how many jobs run at once. `capacity` null: as set from outside, else unlimited. */
export type Limit = { readonly name: string; readonly capacity: number | null }

export type Timer =
  | { readonly kind: 'retry'; readonly taskRun: string }
  | { readonly kind: 'task-timeout'; readonly taskRun: string; readonly job: string }
  | { readonly kind: 'flow-timeout' }
  | { readonly kind: 'flow-retry' }
