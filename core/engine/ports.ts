import type { TaskDocument, FlowDocument } from '#core/model/flow-document.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'
import type { Preparation, ReusedTask, RunEvent } from '#core/model/run-event.ts'
import type { State } from '#core/model/state.ts'
import type { JobInput, JobMember, JobOutcome } from '#core/model/worker-job.ts'
import type { Guest, Visit } from './guests.ts'

/** What a task run has become; the store keeps the last one a key. */
export type TaskRunRecord = Omit<TaskRun, 'flowRun' | 'waiting'> & {
  /** The number of items when this is the sum of a mapped task (then `item` is null); null for a task run proper. */
  readonly items: number | null
}

/**
 * What changed by one event, for projections, log lines and watchers; nobody needs to compare states. A final state has
 * `endedAt` set; a Failed that is tried again at once has not, and is followed by AwaitingRetry.
 */
export type Change =
  | {
      readonly kind: 'flow-run'
      /** null when it was just created. */
      readonly before: State | null
      readonly state: State
      readonly startedAt: number | null
      readonly endedAt: number | null
      readonly runCount: number
    }
  | {
      readonly kind: 'task-run'
      /** null when there was none. */ readonly before: State | null
      readonly run: TaskRunRecord
    }

/** One event that was decided. `number` counts the events of its flow run from 0, without gaps. */
export type Decision = {
  readonly flowRun: string
  readonly number: number
  readonly event: RunEvent
  readonly changes: readonly Change[]
}

/** All that one tick decided, to be stored in one transaction. `created` holds the flow runs that begin in it. */
export type Batch = { readonly created: readonly FlowRun[]; readonly decisions: readonly Decision[] }

export type StoredRun = {
  readonly flowRun: FlowRun
  readonly document: FlowDocument
  readonly events: readonly RunEvent[]
}

export type EngineStore = {
  /**
   * Durable when it returns, or once the promise it returns resolves; it is not called again before. Throws or rejects when
   * it could not store; then nothing of the batch may have been stored.
   */
  append(batch: Batch): void | Promise<void>
  load(flowRun: string): StoredRun | null
}

/** What becomes of a task's outputs: of one task run, or of a mapped task by item (null where an item has none). */
export type TaskOutputs =
  | { readonly kind: 'single'; readonly outputs: Outputs }
  | {
      readonly kind: 'items'
      readonly items: readonly { readonly value: JsonValue; readonly outputs: Outputs | null }[]
    }

export type PrepareMember = {
  readonly taskRun: string
  readonly task: TaskDocument
  /** null with `task.forEach` set: only for_each (and `disabled`) is asked for; answer map, skip, pass or failed. */
  readonly item: { readonly index: number; readonly value: JsonValue } | null
  /** From 1: the attempt this is for. */
  readonly attempt: number
  readonly inputs: Readonly<Record<string, JobInput>>
}

/** One task run, or the members of a fused chain in order. */
export type PrepareRequest = {
  readonly flowRun: FlowRun
  readonly document: FlowDocument
  readonly members: readonly PrepareMember[]
  /** Outputs of a task that ended, or null when it has none. */
  outputs(task: string): TaskOutputs | null
}

export type JobStart = {
  readonly flowRun: FlowRun
  readonly document: FlowDocument
  readonly id: string
  readonly runs: 'inline' | 'worker'
  readonly members: readonly JobMember[]
}

export type StopReason = 'cancel' | 'timeout'

/** Everything the driver needs of the world. */
export type EngineWorld = {
  readonly clock: { now(): number }
  /** In [0, 1). */
  random(): number
  /** Calls back soon, after what else is waiting to come in (setImmediate). */
  nextTick(run: () => void): void
  /** Calls back once at or after `at`; the answer takes it back. */
  timer(at: number, run: () => void): () => void
  readonly store: EngineStore
  /** In the order of the members; it may stop after the first that is not `run`. A throw or rejection fails the first member. */
  prepare(request: PrepareRequest): readonly Preparation[] | Promise<readonly Preparation[]>
  readonly jobs: {
    /** Never throws: what goes wrong is an outcome. Each member gets exactly one, in order, also after `stop`. */
    start(job: JobStart): void
    /** Asks the job to stop and, after a grace period, kills it. Members that had not run are `returned`. */
    stop(job: string, reason: StopReason): void
  }
  /** Called with everything of a tick after it was stored. Must not throw. */
  observe(batch: Batch): void
  /** Called when storing fails (the reason) and when it works again (null). Must not throw. */
  stalled(reason: string | null): void
}

export type Submission = {
  /** Its state is set by the engine. */
  readonly flowRun: FlowRun
  readonly document: FlowDocument
  /** For a selection: outputs of tasks outside it. */
  readonly reused: readonly ReusedTask[]
}

/** A flow run as it stands in the engine. */
export type FlowRunView = {
  readonly flowRun: FlowRun
  /** Every task in topological order, with the items of mapped ones; hooks once they are due. */
  readonly taskRuns: readonly (TaskRunRecord & {
    /** Why it waits, in words, or null. */ readonly waiting: string | null
  })[]
  readonly held: readonly string[]
}

/**
 * The engine's driver. Promises resolve when the request is durable; they reject with Refused when the flow run is unknown
 * (`not-found`) or the request does not fit its state (`conflict`).
 */
export type Driver = {
  submit(submission: Submission): Promise<void>
  cancel(flowRun: string, reason?: string): Promise<void>
  cancelTask(flowRun: string, taskRun: string, reason?: string): Promise<void>
  /** With its subflows; what they run goes on to its end. */
  pause(flowRun: string, reason?: string): Promise<void>
  unpause(flowRun: string): Promise<void>
  hold(flowRun: string, task: string): Promise<void>
  release(flowRun: string, task: string): Promise<void>
  /** Goes on with an ended run, under the same id. `missing`: completed task runs whose results are gone. */
  resume(flowRun: string, missing: readonly string[]): Promise<void>
  /**
   * After a start: takes up runs that had not ended when the engine before died. With `wait`, those that are to be tried
   * again wait until somebody submits, resumes or unpauses a run.
   */
  recover(flowRuns: readonly string[], message: string, retries?: 'go-on' | 'wait'): Promise<void>
  /** A job's member ended. Late and repeated reports are ignored. */
  report(outcome: { flowRun: string; job: string; taskRun: string; outcome: JobOutcome }): void
  measured(flowRun: string, taskRun: string, outputs: Outputs): void
  /** `process`, `tag:<tag>`, …; null takes the limit away. */
  setLimit(name: string, capacity: number | null): void
  /** Lets work beside flow runs wait for slots as a job does. */
  receive(visit: Visit): Guest
  /** Resolves with the final state, also when it has ended already. A resumed run ends anew. */
  whenEnded(flowRun: string): Promise<State>
  /** null when the run is not active. */
  view(flowRun: string): FlowRunView | null
  /** Ids of the flow runs that have not ended. */
  active(): readonly string[]
  /** Those of them whose next try waits until somebody wants things to run, see `recover`. */
  withheld(): readonly string[]
  /** How many slots of each limit are taken, and how many jobs wait on it. */
  limits(): readonly {
    readonly name: string
    readonly capacity: number | null
    readonly used: number
    readonly waiting: number
  }[]
  /** Task runs, as flow run id / key: those that have a slot of a limit, and those it keeps waiting. */
  slots(limit: string): { readonly holders: readonly string[]; readonly waiters: readonly string[] }
  /** Stops all jobs, waits for them, and marks what had not ended as Crashed with the message. Starts nothing more. */
  shutdown(message: string): Promise<void>
}
