import { waitsOn } from './admission.ts'
import { waitWords } from './limit-words.ts'
import { jobId, type ActiveRun, type Loop } from './loop.ts'
import type { FlowRunView } from './ports.ts'
import type { Place } from './state.ts'
import { runAt } from './state.ts'
import { each } from './vector.ts'
import { waitReason } from './waiting.ts'

/** The flow run as it stands, with a reason for everything that waits. */
export const viewOf = (
  { state, id }: ActiveRun,
  { admission, commit }: Pick<Loop, 'admission' | 'commit'>,
): FlowRunView => {
  const stalled = commit.stalled
  const slots = (job: string): string | null => {
    const waits = waitsOn(admission, jobId(id, job))
    return waits && waitWords(waits.limit, waits.holders)
  }
  const seen = (place: Place) => {
    const waiting = waitReason(state, place, slots)
    return { ...runAt(state, place), waiting: waiting && (stalled ?? waiting) }
  }
  const taskRuns: FlowRunView['taskRuns'][number][] = []
  const held: string[] = []
  for (const [task, one] of [...each(state.tasks)].entries()) {
    if (state.plan.tasks[task]?.hook !== null && !one.run.known) continue
    taskRuns.push(seen({ task, item: null }))
    for (let item = 0; item < (one.items?.length ?? 0); item++) taskRuns.push(seen({ task, item }))
    if (one.held) held.push(one.run.task)
  }
  return { flowRun: state.flowRun, taskRuns, held }
}
