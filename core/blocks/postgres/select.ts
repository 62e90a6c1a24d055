import type { SelectRequest } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { withSession, type Field, type Session } from './client.ts'
import { beforeChristFinder } from './before-christ.ts'
import { isDated, resultColumn, type ItemTypes, type Reading, type ResultColumn } from './result-columns.ts'
import { oneStatement } from './one-statement.ts'
import { settleColumns } from './settle-columns.ts'
import type { PostgresTarget } from './target.ts'

/** The rows of one query, from one moment, as a table. */
export const selectRows = (target: PostgresTarget, request: SelectRequest): Promise<TableHandle> =>
  withSession(target, request.signal, async (session) => {
    await session.run('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    // Texts that DuckDB reads, whatever the database's own settings are.
    await session.run(
      "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL standard_conforming_strings = on",
    )
    const sql = oneStatement(request.sql)
    const fields = await fieldsOf(session, sql)
    const itemTypes = await itemTypesOf(session, fields)
    const read = (reading: Reading) =>
      receive(session, request, { sql, reading, columns: columnsOf(fields, itemTypes, reading) })
    try {
      return await read('fast')
    } catch (error) {
      if (!(error instanceof Refused) || error.failure.code !== 'data') throw error
      return await read('careful')
    } finally {
      await session.run('ROLLBACK').catch(() => undefined)
    }
  })

/** The columns that a query gives, without its rows. */
const fieldsOf = async (session: Session, sql: string): Promise<readonly Field[]> => {
  const answers = await session.run(`SELECT * FROM (${sql}\n) AS query LIMIT 0`)
  const fields = answers.at(-1)?.fields ?? []
  if (fields.length > 0 && answers.length === 1) return fields
  throw new Refused({
    code: 'invalid',
    message: 'The query gives no columns. Write one SELECT; for statements that change something use database.execute.',
  })
}

const itemTypesOf = async (session: Session, fields: readonly Field[]): Promise<ItemTypes> => {
  const rows = await session.ask(
    `SELECT oid::text AS type, typelem::text AS item FROM pg_type WHERE oid = ANY ($1::oid[]) AND typcategory = 'A' AND typelem <> 0`,
    [fields.map(({ oid }) => oid)],
  )
  return new Map(rows.map(({ type, item }) => [Number(type), Number(item)]))
}

/** Names that come twice get a number, as DuckDB has none twice. */
const columnsOf = (fields: readonly Field[], itemTypes: ItemTypes, reading: Reading): readonly ResultColumn[] => {
  const names = new Set<string>()
  return fields.map((field) => {
    let { name } = field
    for (let number = 1; names.has(name.toLowerCase()); number += 1) name = `${field.name}_${number}`
    names.add(name.toLowerCase())
    return resultColumn(field, name, itemTypes, reading)
  })
}

type Query = { readonly sql: string; readonly reading: Reading; readonly columns: readonly ResultColumn[] }

const receive = async (session: Session, request: SelectRequest, query: Query): Promise<TableHandle> => {
  const { tables } = request
  const { sql, columns } = query
  const takeCare = careWanted(query)
  let sent = 0
  const table = await tables.receive(
    columns.map(({ received }) => received),
    { longest: longestRow[query.reading], ordered: isOrdered(sql) },
    async (csv) => {
      await session.run('SAVEPOINT millrace_rows')
      try {
        sent = await session.copyOut(copySql(sql, columns), async (bytes) => {
          takeCare(bytes)
          await csv.write(bytes)
        })
      } catch (error) {
        await session.run('ROLLBACK TO SAVEPOINT millrace_rows').catch(() => undefined)
        throw error
      }
    },
  )
  if (table.rows !== sent) throw new Error(`${sent} rows were sent and ${table.rows} received.`)
  request.progress(sent)
  return settleColumns(request, table, columns)
}

/** Perhaps only within it: then its rows are kept in order for nothing. */
const isOrdered = (sql: string): boolean => /\border\s+by\b/i.test(sql)

/** In bytes: rows that are longer than usual take more memory. */
const longestRow = { fast: 2 * 2 ** 20, careful: 32 * 2 ** 20 } as const

/** Throws when the rows must be read carefully. */
const careWanted = ({ reading, columns }: Query): ((bytes: Uint8Array) => void) => {
  if (reading === 'careful' || !columns.some(({ field }) => isDated(field))) return () => undefined
  const isFound = beforeChristFinder()
  return (bytes) => {
    if (isFound(bytes)) throw new Refused({ code: 'data', message: 'A date before Christ.' })
  }
}

const copySql = (sql: string, columns: readonly ResultColumn[]): string => {
  // A row of one empty field would be an empty line.
  const quote = columns.length === 1 ? ', FORCE_QUOTE *' : ''
  return `COPY (${selectSql(sql, columns)}) TO STDOUT (FORMAT csv, NULL '\\N'${quote})`
}

const selectSql = (sql: string, columns: readonly ResultColumn[]): string => {
  if (columns.every((column) => column.sent === null)) return `${sql}\n`
  const names = columns.map((_, index) => `c${index}`)
  const sent = columns.map((column, index) => column.sent?.replaceAll('{column}', `c${index}`) ?? `c${index}`)
  return `SELECT ${sent.join(', ')} FROM (${sql}\n) AS query (${names.join(', ')})`
}
