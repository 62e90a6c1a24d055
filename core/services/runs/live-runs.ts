import type { Batch } from '#core/engine/ports.ts'
import type { FlowRun, Progress, TaskRun } from '#core/model/flow-run.ts'
import type { Projections } from './engine-store.ts'

export type LiveChange =
  | { readonly kind: 'flow-run'; readonly flowRun: FlowRun }
  | { readonly kind: 'task-run'; readonly taskRun: TaskRun }
  | { readonly kind: 'held'; readonly flowRun: string; readonly tasks: readonly string[] }
  | { readonly kind: 'progress'; readonly flowRun: string; readonly taskRun: string; readonly progress: Progress }

/** Tells what changes in flow runs to those who watch them. */
export type LiveRuns = {
  publish(changes: readonly LiveChange[]): void
  /** `listen` gets the changes of all flow runs; the answer ends it. */
  subscribe(listen: (changes: readonly LiveChange[]) => void): () => void
}

export const createLiveRuns = (): LiveRuns => {
  const listeners = new Set<(changes: readonly LiveChange[]) => void>()
  return {
    publish: (changes) => {
      if (changes.length > 0) for (const listen of listeners) listen(changes)
    },
    subscribe: (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
  }
}

export const changesOf = (batch: Batch, projections: Projections): readonly LiveChange[] => {
  const { flowRuns, taskRuns } = projections.project(batch)
  return [
    ...flowRuns.map((flowRun): LiveChange => ({ kind: 'flow-run', flowRun })),
    ...taskRuns.map((taskRun): LiveChange => ({ kind: 'task-run', taskRun })),
  ]
}
