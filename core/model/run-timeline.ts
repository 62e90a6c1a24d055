import type { State } from './state.ts'

/** One state after the other, as a run went through them. */
export type TaskRunHistory = {
  /** Its key in the flow run. */
  readonly taskRun: string
  readonly task: string
  readonly item: number | null
  readonly states: readonly State[]
}

/** What became of a flow run and its task runs, and when: read out of its events. */
export type RunTimeline = {
  readonly flowRun: string
  readonly states: readonly State[]
  /** In the order of the flow. */
  readonly taskRuns: readonly TaskRunHistory[]
}
