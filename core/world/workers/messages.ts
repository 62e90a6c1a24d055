import type { Failure } from '#core/model/failure.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'
import type { LogLevel } from '#core/model/log-line.ts'
import type { Job, JobReport } from '#core/model/worker-job.ts'

/** What a worker asks the engine at the moment it needs it. No answer is kept for longer than its job. */
export type Questions = {
  /** A block's settings, parsed, without secrets. `reference` is `block:type/name`. */
  block: {
    ask: { reference: string }
    answer: { type: string; settings: Readonly<Record<string, JsonValue>>; home: string }
  }
  /** One secret value. `reference` is `block:secret/x` or `block:type/name#field`. */
  secret: { ask: { reference: string }; answer: string }
}

export type Question = keyof Questions

/** Refuses (throws Refused) what does not exist or cannot be had; the refusal reaches the task. */
export type Ask = <Q extends Question>(
  question: Q,
  about: Questions[Q]['ask'],
  asker: { flowRun: string; taskRun: string },
) => Promise<Questions[Q]['answer']>

/** Lines of one task run, joined by line feeds; `whole` when it is one message that holds line feeds itself. */
export type LogGroup = {
  readonly taskRun: string
  readonly at: number
  readonly level: LogLevel
  readonly text: string
  readonly whole: boolean
}

/** JSON, over the channel a process was forked with. */
export type ToWorker =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'stop'; readonly job: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: JsonValue }
  | { readonly kind: 'refused'; readonly id: number; readonly failure: Failure }
  /** One message with log lines was taken. */
  | { readonly kind: 'acknowledge'; readonly job: string }

export type FromWorker =
  /** Log lines come before the reports. Unless it is the last, a message with log lines wants to be acknowledged. */
  | {
      readonly kind: 'reports'
      readonly job: string
      readonly logs: readonly LogGroup[]
      readonly reports: readonly JobReport[]
      /** Set in the last message of a job: the worker is free; its resident bytes, where it looked. */
      readonly done: { readonly resident: number | null } | null
    }
  /** The member at this index begins; the one before it returned these outputs, which are not final yet. */
  | { readonly kind: 'entered'; readonly job: string; readonly member: number; readonly previous: Outputs }
  /** A secret that was read by the worker: masked from now on. */
  | { readonly kind: 'secret'; readonly job: string; readonly value: string }
  | {
      readonly kind: 'ask'
      readonly job: string
      readonly id: number
      readonly question: Question
      readonly about: { readonly reference: string }
      readonly taskRun: string
    }
