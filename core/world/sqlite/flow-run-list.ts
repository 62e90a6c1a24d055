import type { FlowRunFilter } from '#core/model/store.ts'
import { stateTypeOfName, type StateName, type StateType } from '#core/model/state.ts'

/** Where the page before ended. */
export type Cursor = { readonly createdAt: number; readonly id: string }

export type Query = { readonly sql: string; readonly values: readonly unknown[] }

/**
 * The list, newest first, read in the order of an index and stopped at the limit: nothing is sorted, however many runs
 * there are. Several states are one walk each, merged by SQLite.
 */
export const listQuery = (filter: FlowRunFilter, cursor: Cursor | null): Query => {
  const limit = filter.limit ?? 50
  const parts = branchesOf(filter, () => 'flow_runs.*', cursor)
  const order = filter.tag === undefined ? 'created_at desc, id desc' : 'tagged.created_at desc, tagged.flow_run desc'
  return {
    sql: `${parts.map(({ sql }) => sql).join(' union all ')} order by ${order} limit ?`,
    values: [...parts.flatMap(({ values }) => values), limit],
  }
}

type Columns = (from: 'flow_runs' | 'tagged') => string

/** One select for each walk of an index; together they give every run that fits, once. */
export const branchesOf = (filter: FlowRunFilter, columns: Columns, cursor: Cursor | null = null): readonly Query[] => {
  if (filter.tag !== undefined) return [tagQuery(filter, cursor, columns('tagged'))]
  const common = conditions(filter, cursor, 'flow_runs')
  const flow = filter.flow === undefined ? [] : [{ sql: 'flow = ?', values: [filter.flow] }]
  const from = { columns: columns('flow_runs'), index: indexFor(filter) }
  const branches = statesOf(filter).map(({ type, names }) =>
    select(from, [...flow, { sql: 'state_type = ?', values: [type] }, ...nameCondition(type, names), ...common]),
  )
  return branches.length > 0 ? branches : [select(from, [...flow, ...common])]
}

const indexFor = ({ flow, states = [] }: FlowRunFilter): string => {
  if (flow !== undefined) return states.length > 0 ? 'flow_runs_by_flow_and_state' : 'flow_runs_by_flow'
  return states.length > 0 ? 'flow_runs_by_state' : 'flow_runs_by_time'
}

const select = ({ columns, index }: { columns: string; index: string }, parts: readonly Query[]): Query => ({
  sql: `select ${columns} from flow_runs indexed by ${index} where ${parts.map(({ sql }) => sql).join(' and ')}`,
  values: parts.flatMap(({ values }) => values),
})

const tagQuery = (filter: FlowRunFilter, cursor: Cursor | null, columns: string): Query => {
  const names = statesOf(filter).flatMap((state) => state.names)
  const parts: Query[] = [
    { sql: 'tagged.tag = ?', values: [filter.tag] },
    ...(filter.flow === undefined ? [] : [{ sql: 'flow_runs.flow = ?', values: [filter.flow] }]),
    ...(names.length === 0 ? [] : [oneOfNames(names)]),
    ...conditions(filter, cursor, 'tagged'),
  ]
  return {
    sql: `select ${columns} from flow_run_tags tagged cross join flow_runs on flow_runs.id = tagged.flow_run
      where ${parts.map(({ sql }) => sql).join(' and ')}`,
    values: parts.flatMap(({ values }) => values),
  }
}

const conditions = (
  { since, until, text, topLevel }: FlowRunFilter,
  cursor: Cursor | null,
  from: 'flow_runs' | 'tagged',
): Query[] => {
  const id = from === 'tagged' ? 'flow_run' : 'id'
  const like = text === undefined ? '' : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    { sql: 'flow_runs.deleted_at is null', values: [] },
    ...(cursor ? [{ sql: `(${from}.created_at, ${from}.${id}) < (?, ?)`, values: [cursor.createdAt, cursor.id] }] : []),
    ...(since === undefined ? [] : [{ sql: `${from}.created_at >= ?`, values: [since] }]),
    ...(until === undefined ? [] : [{ sql: `${from}.created_at < ?`, values: [until] }]),
    ...(topLevel ? [{ sql: 'flow_runs.parent_flow_run is null', values: [] }] : []),
    ...(like
      ? [
          {
            sql: String.raw`(flow_runs.name like ? escape '\' or flow_runs.flow like ? escape '\')`,
            values: [like, like],
          },
        ]
      : []),
  ]
}

type NamesOfType = { readonly type: StateType; readonly names: readonly StateName[] }

const allNames = Object.keys(stateTypeOfName) as readonly StateName[]

const statesOf = ({ states = [] }: FlowRunFilter): readonly NamesOfType[] => {
  const wanted = new Set<string>(states)
  const names = allNames.filter((name) => wanted.has(name) || wanted.has(stateTypeOfName[name]))
  const byType = Map.groupBy(names, (name) => stateTypeOfName[name])
  return [...byType].map(([type, ofType]) => ({ type, names: ofType }))
}

const nameCondition = (type: StateType, names: readonly StateName[]): Query[] =>
  names.length === allNames.filter((name) => stateTypeOfName[name] === type).length ? [] : [oneOfNames(names)]

const oneOfNames = (names: readonly StateName[]): Query => ({
  sql: `flow_runs.state_name in (${names.map(() => '?').join(', ')})`,
  values: names,
})
