import type { Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { Column, JsonValue, TableHandle } from '#core/model/handle.ts'

export type Row = Readonly<Record<string, JsonValue>>

/** A table as rules look at it. */
export type CheckedTable = {
  readonly handle: TableHandle
  /** The one row of a SELECT over `{checked_rows}`. */
  one(select: string): Promise<Row>
  all(select: string): Promise<readonly Row[]>
  readonly sql: Tables['sql']
  /** By its name in any case. */
  column(name: string): Column
}

export const checkedTable = (tables: Tables, handle: TableHandle): CheckedTable => {
  const all = (select: string) => tables.ask({ checked_rows: handle }, select)
  return {
    handle,
    all,
    one: async (select) => (await all(select))[0] ?? {},
    sql: tables.sql,
    column: (name) => {
      const column = handle.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
      if (column) return column
      const known = handle.columns.map((candidate) => candidate.name).join(', ')
      throw new Refused({
        code: 'invalid',
        message: `A rule names “${name}”, which is no column of the table. There are: ${known}.`,
      })
    },
  }
}
