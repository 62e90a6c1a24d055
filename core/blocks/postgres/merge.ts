import { Refused } from '#core/model/failure.ts'
import type { Session } from './client.ts'
import { qualified, quoted, type TableName } from './sql.ts'

export const stage = 'pg_temp.millrace_stage'

export type Merge = {
  readonly table: TableName
  /** Names of the table's columns that the rows bring. */
  readonly columns: readonly string[]
  readonly keys: readonly string[]
}

/** A table of this session for rows that are then merged; gone with the transaction. */
export const makeStage = async (session: Session, { table, columns }: Merge): Promise<void> => {
  await session.run(
    `CREATE TEMP TABLE millrace_stage ON COMMIT DROP AS SELECT ${columns.map(quoted).join(', ')} FROM ${qualified(table)} WHERE false`,
  )
}

/** How many rows took the place of others. */
export const mergeStage = async (session: Session, merge: Merge): Promise<number> => {
  await refuseBadKeys(session, merge)
  await session.run(`ANALYZE ${stage}`)
  return (await hasUniqueIndex(session, merge)) ? insertOrUpdate(session, merge) : deleteAndInsert(session, merge)
}

const refuseBadKeys = async (session: Session, { keys }: Merge): Promise<void> => {
  const list = keys.map(quoted).join(', ')
  const [empty] = await session.ask(
    `SELECT ${keys.map((key) => `count(*) FILTER (WHERE ${quoted(key)} IS NULL)::text AS ${quoted(key)}`).join(', ')} FROM ${stage}`,
  )
  const without = keys.find((key) => empty?.[key] !== '0')
  if (without !== undefined) {
    throw new Refused({
      code: 'data',
      message: `${Number(empty?.[without]).toLocaleString('en-US')} of the rows have no value in the key column “${without}”, so they cannot be merged. Leave them out (table.filter), or choose other keys.`,
    })
  }
  const [twice] = await session.run(
    `SELECT ${keys.map((key) => `${quoted(key)}::text`).join(', ')}, count(*)::text FROM ${stage} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`,
  )
  const [found] = twice?.rows ?? []
  if (!found) return
  const values = keys.map((key, index) => `${key} = ${found[index]}`).join(', ')
  throw new Refused({
    code: 'data',
    message: `${found.at(-1)} of the rows have the same key: ${values}. Only one row of a key can be merged: leave the others out (table.aggregate, table.sql), or choose other keys.`,
  })
}

/** Over exactly the keys, whole and checked at once: what ON CONFLICT asks for. */
const hasUniqueIndex = async (session: Session, { table, keys }: Merge): Promise<boolean> => {
  const found = await session.ask(
    `SELECT 1 FROM pg_index i
      WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM pg_attribute a
          WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) = (SELECT array_agg(k ORDER BY k) FROM unnest($2::text[]) k)`,
    [qualified(table), keys],
  )
  return found.length > 0
}

const insertOrUpdate = async (session: Session, { table, columns, keys }: Merge): Promise<number> => {
  const list = columns.map(quoted).join(', ')
  const others = columns.filter((column) => !keys.includes(column))
  const changes = others.map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')
  // A row that only has keys is the same before and after; it is written all the same, so that it counts.
  const [key = ''] = keys
  const update = changes === '' ? `${quoted(key)} = excluded.${quoted(key)}` : changes
  const [counts] = await session.ask(
    `WITH merged AS (
        INSERT INTO ${qualified(table)} (${list}) SELECT ${list} FROM ${stage}
        ON CONFLICT (${keys.map(quoted).join(', ')}) DO UPDATE SET ${update}
        RETURNING xmax <> 0 AS was_there)
      SELECT count(*) FILTER (WHERE was_there)::text AS updated FROM merged`,
  )
  return Number(counts?.['updated'])
}

/** Without a unique index other writers must wait, else two merges at once could both add a key. */
const deleteAndInsert = async (session: Session, { table, columns, keys }: Merge): Promise<number> => {
  const into = qualified(table)
  const list = columns.map(quoted).join(', ')
  const same = keys.map((key) => `there.${quoted(key)} = staged.${quoted(key)}`).join(' AND ')
  await session.run(`LOCK TABLE ${into} IN SHARE ROW EXCLUSIVE MODE`)
  const [counts] = await session.ask(
    `SELECT count(*)::text AS updated FROM ${stage} staged WHERE EXISTS (SELECT FROM ${into} there WHERE ${same})`,
  )
  await session.run(`DELETE FROM ${into} there USING ${stage} staged WHERE ${same}`)
  await session.run(`INSERT INTO ${into} (${list}) SELECT ${list} FROM ${stage}`)
  return Number(counts?.['updated'])
}
