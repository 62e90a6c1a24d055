import type { FlowRun, Progress, TaskRun } from './flow-run.ts'
import type { LogLine } from './log-line.ts'

/** What a watcher of a flow run hears. First the run and its task runs as they are, then what changes, then `end`. */
export type RunNews =
  | { readonly kind: 'flow-run'; readonly flowRun: FlowRun }
  | { readonly kind: 'task-run'; readonly taskRun: TaskRun }
  | { readonly kind: 'progress'; readonly flowRun: string; readonly taskRun: string; readonly progress: Progress }
  | { readonly kind: 'logs'; readonly lines: readonly LogLine[] }
  /** Tasks that do not start until they are released: at the beginning, and each time they are others. */
  | { readonly kind: 'held'; readonly flowRun: string; readonly tasks: readonly string[] }
  /** The run has ended and all its lines were told. */
  | { readonly kind: 'end'; readonly flowRun: string }

/** A flow run with everything a page about it shows. */
export type FlowRunDetail = {
  readonly flowRun: FlowRun
  readonly taskRuns: readonly TaskRun[]
  readonly children: readonly FlowRun[]
  /** Milliseconds since 1970 by which it should have ended, from the runs before it; null without history or once ended. */
  readonly expectedEnd: number | null
}

/** Durations in milliseconds; null without a run that ended well. */
export type RunHistory = {
  readonly runs: number
  readonly failed: number
  readonly medianDuration: number | null
  readonly tasks: Readonly<
    Record<string, { readonly runs: number; readonly failed: number; readonly medianDuration: number | null }>
  >
}

/** Flow runs that began or changed since the news before. */
export type RunListNews = { readonly changed: readonly FlowRun[] }
