import { Refused } from '#core/model/failure.ts'
import type { Session } from './client.ts'
import { recordsTable } from './records.ts'
import type { TableName } from './sql.ts'

export type TargetColumn = {
  readonly name: string
  /** As people write it, for example `numeric(10,2)`. */
  readonly type: string
  /** Of its type, or of what a domain stands for. */
  readonly oid: number
  /** Of an array: its items' type; 0 otherwise. */
  readonly itemOid: number
  /** PostgreSQL's type modifier: length, precision; -1 for none. */
  readonly modifier: number
  /** `e` for an enum. */
  readonly kind: string
  readonly hasDefault: boolean
  readonly required: boolean
  /** Computed by the table, so that rows cannot bring it. */
  readonly generated: boolean
}

export type TargetTable = { readonly oid: string; readonly columns: readonly TargetColumn[] }

/** Null when there is none. Views and the like are refused: rows go into tables. */
export const existingTable = async (session: Session, { schema, name }: TableName): Promise<TargetTable | null> => {
  const [found] = await session.ask(
    `SELECT c.oid::text AS oid, c.relkind::text AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, name],
  )
  if (!found?.['oid']) return null
  if (found['kind'] !== 'r' && found['kind'] !== 'p') {
    throw new Refused({
      code: 'conflict',
      message: `“${schema}.${name}” is ${kinds[found['kind'] ?? ''] ?? 'no table'}. Rows can only be loaded into a table: choose another name.`,
    })
  }
  return { oid: found['oid'], columns: await columnsOf(session, found['oid']) }
}

const kinds: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialised view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
}

/** Indexes, constraints, triggers and rights of others, which go with the table; in words. */
export const hangingOn = async (session: Session, { oid }: TargetTable): Promise<readonly string[]> => {
  const rows = await session.ask(
    `SELECT 'the index ' || indexrelid::regclass::text AS what FROM pg_index WHERE indrelid = $1::oid
      UNION SELECT 'the constraint ' || conname FROM pg_constraint
        WHERE conrelid = $1::oid AND contype IN ('c', 'f') -- others are indexes too
      UNION SELECT 'the trigger ' || tgname FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal
      UNION SELECT 'the rights of ' || CASE WHEN given.grantee = 0 THEN 'everybody' ELSE given.grantee::regrole::text END
        FROM pg_class c, aclexplode(c.relacl) given WHERE c.oid = $1::oid AND given.grantee <> c.relowner
      ORDER BY 1`,
    [oid],
  )
  return rows.flatMap(({ what }) => (typeof what === 'string' ? [what] : []))
}

const columnsOf = async (session: Session, table: string): Promise<readonly TargetColumn[]> => {
  const rows = await session.ask(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, b.oid::text AS oid, b.typelem::text AS item,
        b.typcategory::text AS category, b.typtype::text AS kind,
        (CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)::text AS modifier,
        (a.atthasdef OR a.attidentity <> '')::text AS has_default, a.attnotnull::text AS required,
        (a.attgenerated <> '' OR a.attidentity = 'a')::text AS generated
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
      JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum`,
    [table],
  )
  return rows.map((row) => ({
    name: row['name'] ?? '',
    type: row['type'] ?? '',
    oid: Number(row['oid']),
    itemOid: row['category'] === 'A' ? Number(row['item']) : 0,
    modifier: Number(row['modifier']),
    kind: row['kind'] ?? '',
    hasDefault: row['has_default'] === 'true',
    required: row['required'] === 'true',
    generated: row['generated'] === 'true',
  }))
}

/** What a name of a table or column that is made may be: PostgreSQL would cut a longer one in silence. */
export const refuseLongNames = (names: readonly string[]): void => {
  const long = names.filter((name) => Buffer.byteLength(name) > longestName)
  if (long.length === 0) return
  throw new Refused({
    code: 'invalid',
    message: `PostgreSQL’s names have at most ${longestName} bytes, which these exceed: ${long.map((name) => `“${name}”`).join(', ')}. Give shorter names (table.select).`,
  })
}

const longestName = 63

export const tableNamed = (into: string, schema: string): TableName => {
  const [first = '', second] = into.split('.')
  const name = second === undefined ? { schema, name: first } : { schema: first, name: second }
  if (name.name.toLowerCase() === recordsTable) {
    throw new Refused({ code: 'invalid', message: `“${name.name}” is where loads are recorded. Choose another table.` })
  }
  return name
}
