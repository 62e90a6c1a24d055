import type { Refused } from '#core/model/failure.ts'
import type { TableHandle, TableStep } from '#core/model/handle.ts'
import type { TableMember } from './job.ts'
import { PlanFailed, materialise, type JobTables } from './compute.ts'

/**
 * Whose step made the statement of a whole plan fail: the plan is run again, one member's steps at a time, each on what
 * the one before it wrote. Null when all of them succeed alone: then it is the one that ran the statement.
 */
export const findFault = async (
  job: JobTables,
  members: readonly TableMember[],
  { steps }: PlanFailed,
): Promise<{ member: number; refusal: Refused } | null> => {
  let before: TableHandle | null = null
  let from = 0
  for (const [index, member] of members.entries()) {
    const to = steps.findLastIndex((step) => step.taskRun === member.taskRun) + 1
    if (to <= from) continue
    const part: TableHandle = continued(before, steps.slice(from, to))
    try {
      before = await materialise(job, part, member.scratch)
    } catch (error) {
      if (error instanceof PlanFailed) return { member: index, refusal: error }
      throw error
    }
    from = to
  }
  return null
}

const continued = (before: TableHandle | null, steps: readonly TableStep[]): TableHandle => ({
  kind: 'table',
  columns: steps.at(-1)?.columns ?? [],
  rows: null,
  bytes: null,
  path: null,
  steps: [...(before?.steps ?? []), ...steps],
  sources: before?.sources ?? [],
})
