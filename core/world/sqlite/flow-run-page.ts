import type { FlowRunPageRequest } from '#core/model/store.ts'
import type { RunOrder } from '#core/model/run-page.ts'
import { branchesOf, type Query } from './flow-run-list.ts'

/**
 * In the order of time an index is walked, also to an offset far down; any other order looks at every run that fits and
 * sorts no more than what it is sorted by. Either way whole rows are read for the page alone.
 */
export const pageQuery = (request: FlowRunPageRequest): Query => {
  const { sort, descending, limit, offset } = request
  const direction = descending ? 'desc' : 'asc'
  const by = orders[sort]
  const columns = (from: string) => `${from}.created_at as at, ${idOf(from)} as run${by && `, ${by} as sorted`}`
  const order = `${by && `sorted ${direction}, `}at ${direction}, run ${direction}`
  const parts = branchesOf(request, columns)
  return {
    sql: `select flow_runs.* from (${parts.map(({ sql }) => sql).join(' union all ')} order by ${order} limit ? offset ?) page
      cross join flow_runs on flow_runs.id = page.run
      order by ${by && `page.sorted ${direction}, `}page.at ${direction}, page.run ${direction}`,
    values: [...parts.flatMap((part) => part.values), limit, offset],
  }
}

export const countQuery = (request: FlowRunPageRequest): Query => {
  const parts = branchesOf(request, () => '1')
  return {
    sql: `select count(*) as count from (${parts.map(({ sql }) => sql).join(' union all ')})`,
    values: parts.flatMap(({ values }) => values),
  }
}

const idOf = (from: string): string => (from === 'tagged' ? 'tagged.flow_run' : `${from}.id`)

const orders: Readonly<Record<RunOrder, string>> = {
  created: '',
  name: 'flow_runs.name',
  flow: 'flow_runs.flow',
  state: 'flow_runs.state_name',
  /** Null while it goes on. */
  duration: 'flow_runs.ended_at - flow_runs.started_at',
}
