import { counted } from '#core/model/counted.ts'
import type { LoadRequest } from '#core/kinds/capabilities.ts'
import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { AttachedDatabase } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'

/** Merged rows must each have a key of their own: otherwise the one or the other would be lost. `rows` is a quoted table. */
export const checkKeys = async (
  database: AttachedDatabase,
  { rows, keys, tables }: Pick<LoadRequest, 'keys' | 'tables'> & { readonly rows: string },
): Promise<void> => {
  const { identifier } = tables.sql
  const quoted = keys.map(identifier)
  const missing = quoted.map((key, index) => `count(*) FILTER (${key} IS NULL) AS missing_${index}`)
  const [nulls] = await database.ask(`SELECT ${missing.join(', ')} FROM ${rows}`)
  for (const [index, key] of keys.entries()) {
    const count = Number(nulls?.[`missing_${index}`])
    if (count === 0) continue
    const message = `${counted(count, 'row has', 'rows have')} no value in “${key}”, a key of the merge. Leave such rows out (table.filter), or choose other keys.`
    throw new Refused({ code: 'data', message })
  }
  const values = quoted.map((key, index) => `CAST(${key} AS VARCHAR) AS value_${index}`)
  const [twice] = await database.ask(
    `SELECT ${values.join(', ')}, count(*) AS times, count(*) OVER () AS keys FROM ${rows} GROUP BY ${quoted.join(', ')} HAVING count(*) > 1 ORDER BY times DESC, ${quoted.join(', ')} LIMIT 1`,
  )
  if (twice === undefined) return
  const one = keys.map((key, index) => `${key} = ${textIn(twice, `value_${index}`)}`).join(', ')
  const others = Number(twice['keys']) - 1
  const more = others > 0 ? `, and ${counted(others, 'other key')} more than once` : ''
  throw new Refused({
    code: 'data',
    message: `The rows hold the key ${one} ${counted(Number(twice['times']), 'time')}${more}. Merge needs each key once: choose keys that tell the rows apart, or leave the doubles out.`,
  })
}
