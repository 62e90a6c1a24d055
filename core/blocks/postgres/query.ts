import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import { uniqueNames } from '#core/kinds/unique-names.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { oids } from './choose-encoder.ts'
import { withSession, type Answer, type Field, type Session } from './client.ts'
import { oneStatement } from './one-statement.ts'
import type { PostgresTarget } from './target.ts'

type Asked = Awaited<ReturnType<DatabaseClient['query']>>

/** A few rows; nothing is changed. */
export const queryRows = (
  target: PostgresTarget,
  { sql, limit, signal }: { sql: string; limit: number; signal: AbortSignal },
): Promise<Asked> =>
  withSession(target, signal, async (session) => {
    const statement = oneStatement(sql)
    await session.run('BEGIN TRANSACTION READ ONLY; SET LOCAL standard_conforming_strings = on')
    try {
      const most = Math.max(0, Math.floor(limit))
      const answer = await firstRows(session, statement, most)
      const fields = answer?.fields ?? []
      const types = await session.ask(
        'SELECT format_type(oid, modifier) AS type FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS field (oid, modifier, place) ORDER BY place',
        [fields.map(({ oid }) => oid), fields.map(({ modifier }) => modifier)],
      )
      const { names } = uniqueNames(fields.map(({ name }) => name))
      return {
        columns: names.map((name, index) => ({ name, type: types[index]?.['type'] ?? '' })),
        rows: (answer?.rows ?? [])
          .slice(0, most)
          .map((row) =>
            Object.fromEntries(
              fields.map((field, index) => [names[index] ?? field.name, jsonOf(row[index] ?? null, field)]),
            ),
          ),
      }
    } finally {
      await session.run('ROLLBACK').catch(() => undefined)
    }
  })

/** A cursor gives no more rows than are asked for; SHOW and EXPLAIN have none, and few rows. */
const firstRows = async (session: Session, statement: string, most: number): Promise<Answer | undefined> => {
  if (/^(SHOW|EXPLAIN)\b/i.test(statement)) return (await session.run(statement))[0]
  await session.run(`DECLARE millrace_rows NO SCROLL CURSOR FOR ${statement}\n`)
  return (await session.run(`FETCH FORWARD ${most} FROM millrace_rows`))[0]
}

/** Numbers stay text where JavaScript’s would not be exact. */
const jsonOf = (value: string | null, { oid }: Field): JsonValue => {
  if (value === null) return null
  switch (oid) {
    case oids.bool:
      return value === 't'
    case oids.int2:
    case oids.int4:
    case oids.int8:
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case oids.float4:
    case oids.float8:
      return Number.isFinite(Number(value)) ? Number(value) : value
    case oids.json:
    case oids.jsonb:
      return JSON.parse(value) as JsonValue
    default:
      return value
  }
}
