import { failureOf } from '#core/model/failure.ts'
import type { Outputs } from '#core/model/handle.ts'
import type { JobOutcome } from '#core/model/worker-job.ts'

export type OrderedMember = { readonly taskRun: string; run(previous: Outputs): Promise<Outputs> }

/** Runs members one after another, each done when it returns: for jobs without tables. One outcome each, in order. */
export const runInOrder = async (
  members: readonly OrderedMember[],
  signal: AbortSignal,
  report: (taskRun: string, outcome: JobOutcome) => void,
): Promise<void> => {
  let previous: Outputs = {}
  let failed = false
  for (const { taskRun, run } of members) {
    if (signal.aborted) report(taskRun, { kind: 'cancelled' })
    else if (failed) report(taskRun, { kind: 'returned' })
    else {
      try {
        previous = await run(previous)
        report(taskRun, { kind: 'completed', outputs: previous })
      } catch (error) {
        failed = true
        report(taskRun, signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', failure: failureOf(error) })
      }
    }
  }
}
