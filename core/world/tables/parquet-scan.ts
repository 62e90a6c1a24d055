import type { Column, TableStep } from '#core/model/handle.ts'
import { identifier } from './sql.ts'

/** What kind of scan a SELECT of planRead is; none where a file is no Parquet file. */
export const scanOf = (sql: string, columns: readonly Column[]): Pick<TableStep, 'scan'> => {
  const parts = sql.split('\nUNION ALL\n')
  if (!parts.every((part) => /\bFROM read_parquet\(\[/.test(part))) return {}
  const asTheyAre = `SELECT ${columns.map(({ name }) => identifier(name)).join(', ')} FROM read_parquet([`
  return { scan: parts.every((part) => part.startsWith(asTheyAre)) ? 'exact' : 'cast' }
}
