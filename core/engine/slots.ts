import { ticketsOf } from './admission.ts'
import { ownLimits } from './limits.ts'
import { jobId, type Loop } from './loop.ts'
import type { Driver } from './ports.ts'
import { placeOf, type FlowRunState } from './state.ts'

/** Who has a slot of a limit and who waits on it, as admission has it; of a job that member which asked for the limit. */
export const slotsOf = ({ admission, active, asking, jobs }: Loop, limit: string): ReturnType<Driver['slots']> => {
  const asks = (state: FlowRunState, key: string): boolean => {
    const place = placeOf(state, key)
    return place !== null && ownLimits(state, place, []).some(({ name }) => name === limit)
  }
  const taskRun = (job: string): string => {
    const run = active.get(job.slice(0, job.indexOf('/')))
    const members = asking.get(job)?.taskRuns ?? [...(jobs.get(job) ?? [])]
    const member = (run && members.find((key) => asks(run.state, key))) ?? members[0]
    return run && member !== undefined ? jobId(run.id, member) : job
  }
  const { granted, waiting } = ticketsOf(admission, limit)
  return { holders: granted.map(taskRun), waiters: waiting.map(taskRun) }
}
