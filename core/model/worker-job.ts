import type { NewArtifact } from './artifact.ts'
import type { WrittenDataset } from './dataset.ts'
import type { RunFactsOfFlow } from './run-facts.ts'
import type { Failure } from './failure.ts'
import type { Progress } from './flow-run.ts'
import type { Handle, JsonValue, Outputs } from './handle.ts'
import type { LogLevel } from './log-line.ts'

/** One task run of a job, with everything evaluated. */
export type JobMember = {
  readonly taskRun: string
  readonly task: string
  readonly item: number | null
  readonly type: string
  /** From 1. */
  readonly attempt: number
  readonly loadId: string
  /** Settings with every expression evaluated; secrets are references. */
  readonly settings: JsonValue
  /** By port; from tasks outside the job. A port fed by the member before it holds 'previous' and that output's name. */
  readonly inputs: Readonly<Record<string, JobInput>>
  /** Outputs somebody outside the job takes, or that are kept. */
  readonly taken: readonly string[]
}

/** Where a handle comes from: the output of a task; `place` counts where the task gives more than one of them, else it is null. */
export type InputSource = { readonly task: string; readonly output: string; readonly place: number | null }

export type JobInput =
  | { readonly from: 'handle'; readonly handle: Handle }
  | { readonly from: 'handles'; readonly handles: readonly Handle[]; readonly sources?: readonly InputSource[] }
  | { readonly from: 'previous'; readonly output: string }

/** What a worker (or the engine, for inline types) runs at once: one task run, or a fused chain in order. */
export type Job = {
  readonly id: string
  readonly flow: RunFactsOfFlow
  readonly members: readonly JobMember[]
}

export type JobOutcome =
  | { readonly kind: 'completed'; readonly outputs: Outputs }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'crashed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' }
  /** It did not run: a member before it in the job failed. */
  | { readonly kind: 'returned' }

/** What comes out of a job while it runs. Outcomes come in the order of the members, one each. */
export type JobReport =
  | {
      readonly kind: 'log'
      readonly taskRun: string
      readonly at: number
      readonly level: LogLevel
      readonly message: string
    }
  | { readonly kind: 'progress'; readonly taskRun: string; readonly progress: Progress }
  | { readonly kind: 'artifact'; readonly taskRun: string; readonly at: number; readonly artifact: NewArtifact }
  | { readonly kind: 'dataset'; readonly taskRun: string; readonly at: number; readonly dataset: WrittenDataset }
  | { readonly kind: 'outcome'; readonly taskRun: string; readonly outcome: JobOutcome }
