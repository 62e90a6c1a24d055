import { Refused } from '#core/model/failure.ts'
import type { Column, TableHandle } from '#core/model/handle.ts'
import { checkedQuery } from './query-check.ts'
import { identifier, selectOf } from './sql.ts'
import type { TableEngine } from './tables.ts'

type QueryRequest = {
  readonly engine: TableEngine
  /** By the name that the query gives it. */
  readonly inputs: Readonly<Record<string, TableHandle>>
  readonly query: string
  readonly taskRun: string
  readonly signal: AbortSignal
}

/**
 * The rows of a query that a person wrote over tables, as a plan. Nothing of it comes near a DuckDB that can open files
 * before it has been checked as a syntax tree and then bound to empty tables in one that cannot.
 */
export const queryTable = async ({ engine, inputs, query, taskRun, signal }: QueryRequest): Promise<TableHandle> => {
  const tables = Object.entries(inputs)
  const { checked, columns } = await tryOut({ engine, inputs, query, signal })
  const plans = tables.map(([name, { steps }]) => `${identifier(name)} AS (${selectOf(steps)})`)
  const sql = `${plans.length === 0 ? '' : `WITH ${plans.join(', ')} `}SELECT * FROM ${checked}`
  return {
    kind: 'table',
    columns,
    rows: null,
    bytes: null,
    path: null,
    steps: [{ name: taskRun, taskRun, sql, columns }],
    sources: [...new Set(tables.flatMap(([, { sources }]) => sources))],
  }
}

const tryOut = async ({ engine, inputs, query, signal }: Omit<QueryRequest, 'taskRun'>) => {
  const columnsOf = Object.fromEntries(Object.entries(inputs).map(([name, { columns }]) => [name, columns]))
  const sealed = await engine.openSealed(columnsOf, signal)
  try {
    const checked = await checkedQuery(sealed, Object.keys(inputs), query)
    const columns = await sealed.describe(checked)
    requireNames(columns)
    return { checked, columns }
  } finally {
    sealed.close()
  }
}

const requireNames = (columns: readonly Column[]): void => {
  const refuse = (message: string) => new Refused({ code: 'invalid', message })
  const seen = new Set<string>()
  for (const [index, { name }] of columns.entries()) {
    if (name.trim() === '') throw refuse(`Column ${index + 1} of the query has no name. Give it one: … AS name.`)
    if (seen.has(name.toLowerCase())) {
      throw refuse(
        `The query has two columns called “${name}”. Give one of them another name (AS), or leave one out (EXCLUDE).`,
      )
    }
    seen.add(name.toLowerCase())
  }
}
