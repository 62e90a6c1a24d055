import { Refused } from '#core/model/failure.ts'
import type { LoadMode } from '#core/kinds/capabilities.ts'
import { doNotFit, leftEmpty, madeAnew } from '#core/kinds/load-words.ts'
import type { VectorType } from '#core/kinds/vectors.ts'
import type { Column } from '#core/model/handle.ts'
import type { Session } from './client.ts'
import { passageOf } from './column-types.ts'
import { fitColumns } from './fit-columns.ts'
import { qualified, quoted, type TableName } from './sql.ts'
import { existingTable, hangingOn, refuseLongNames, type TargetColumn } from './target-table.ts'

export type Wanted = {
  readonly table: TableName
  /** As the user wrote it, for messages. */
  readonly into: string
  readonly mode: LoadMode
  readonly keys: readonly string[]
  readonly columns: readonly Column[]
  /** Of the same columns as they are handed over. */
  readonly types: readonly VectorType[]
  warn(message: string): void
}

/** The table as it takes the rows: for each column of them, the one it goes into. */
export const prepareTarget = async (session: Session, wanted: Wanted): Promise<readonly TargetColumn[]> => {
  const { table, mode } = wanted
  const existing = await existingTable(session, table)
  if (existing === null) return makeTable(session, wanted)
  const { columns, differences } = fitColumns(wanted.columns, wanted.types, existing.columns)
  if (differences.length === 0) {
    // What hangs on the table stays: indexes, rights, views.
    if (mode === 'replace') await session.run(`TRUNCATE TABLE ${qualified(table)}`)
    const absent = existing.columns.filter((one) => !columns.includes(one) && !one.hasDefault && !one.generated)
    const words = leftEmpty({ ...wanted, columns: absent })
    if (words !== null) wanted.warn(words)
    return columns
  }
  if (mode !== 'replace') throw doNotFit(wanted.into, differences)
  const lost = await hangingOn(session, existing)
  await session.run(`DROP TABLE ${qualified(table)}`)
  const gone = lost.length === 0 ? '' : ` With it goes what hung on it: ${lost.join(', ')}.`
  wanted.warn(madeAnew(wanted.into, differences, gone))
  return makeTable(session, wanted)
}

const makeTable = async (session: Session, wanted: Wanted): Promise<readonly TargetColumn[]> => {
  const { table, columns, keys, types } = wanted
  refuseLongNames([table.name, ...columns.map(({ name }) => name)])
  const fields = columns.map(({ name, type }) => `${quoted(name)} ${passageOf(type).type}`)
  const key = keys.length > 0 ? [`PRIMARY KEY (${keys.map(quoted).join(', ')})`] : []
  await session.run(`CREATE TABLE ${qualified(table)} (${[...fields, ...key].join(', ')})`)
  const made = await existingTable(session, table)
  const fit = made && fitColumns(columns, types, made.columns)
  if (!fit || fit.differences.length > 0)
    throw new Error(`The table that was made differs: ${fit?.differences.join('; ')}`)
  return fit.columns
}

/** Keys that the rows have not, or none where there must be some. */
export const refuseWrongKeys = ({ keys, columns, mode }: Wanted): void => {
  const unknown = keys.filter((key) => !columns.some(({ name }) => name === key))
  if (unknown.length > 0) {
    throw new Refused({
      code: 'invalid',
      message: `The rows have no column ${unknown.map((key) => `“${key}”`).join(', ')}, which is a key. They have: ${columns.map(({ name }) => name).join(', ')}.`,
    })
  }
  if (mode === 'merge' && keys.length === 0) {
    throw new Refused({ code: 'invalid', message: 'To merge, name the key columns that tell one row from another.' })
  }
}
