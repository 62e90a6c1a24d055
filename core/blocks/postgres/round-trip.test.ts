import fc from 'fast-check'
import { afterAll, beforeAll, expect } from 'vitest'
import { isPostgresHere, startPostgres, testWithPostgres, type PostgresServer } from '#test/fixtures/postgres.ts'
import { clientOf, duckTables } from './testing/postgres-tables.ts'

let server: PostgresServer
const duck = duckTables()
beforeAll(async () => {
  if (isPostgresHere) server = await startPostgres()
})
afterAll(async () => {
  await duck.close()
  await server?.close()
})

/** DuckDB types with SQL of values that lie at their edges; PostgreSQL's type; what comes back when it is another. */
const types: Readonly<Record<string, { values: readonly string[]; postgres: string; back?: string }>> = {
  BOOLEAN: { values: ['true', 'false'], postgres: 'boolean' },
  TINYINT: { values: ['-128', '127', '0'], postgres: 'smallint', back: 'SMALLINT' },
  UTINYINT: { values: ['0', '255'], postgres: 'smallint', back: 'SMALLINT' },
  SMALLINT: { values: ['-32768', '32767'], postgres: 'smallint' },
  USMALLINT: { values: ['0', '65535'], postgres: 'integer', back: 'INTEGER' },
  INTEGER: { values: ['-2147483648', '2147483647', '7'], postgres: 'integer' },
  UINTEGER: { values: ['0', '4294967295'], postgres: 'bigint', back: 'BIGINT' },
  BIGINT: { values: ['-9223372036854775808', '9223372036854775807', '-1', '4294967296'], postgres: 'bigint' },
  UBIGINT: { values: ['0', '18446744073709551615'], postgres: 'numeric(20,0)', back: 'DECIMAL(20,0)' },
  HUGEINT: { values: ['-99999999999999999999999999999999999999', '0', '10000', '18446744073709551616'], postgres: 'numeric(39,0)', back: 'DECIMAL(38,0)' },
  FLOAT: { values: ['0.1', '-3.4028235e38', "'nan'", "'inf'", "'-inf'", '1e-45'], postgres: 'real' },
  DOUBLE: { values: ['0.1', '-1.7976931348623157e308', '5e-324', "'nan'", "'inf'", "'-inf'", '0'], postgres: 'double precision' },
  'DECIMAL(4,1)': { values: ['-999.9', '0.1', '0', '100'], postgres: 'numeric(4,1)' },
  'DECIMAL(9,4)': { values: ['99999.9999', '-0.0001', '10000', '1.1'], postgres: 'numeric(9,4)' },
  'DECIMAL(18,3)': { values: ['999999999999999.999', '-0.001', '123456.789', '9007199254740.993'], postgres: 'numeric(18,3)' },
  'DECIMAL(38,10)': { values: ['-9999999999999999999999999999.9999999999', '0.0000000001', '1', '0'], postgres: 'numeric(38,10)' },
  'DECIMAL(38,0)': { values: ['99999999999999999999999999999999999999', '-1', '10000000000000000'], postgres: 'numeric(38,0)' },
  VARCHAR: { values: ["''", "'a'", "'exactly12chr'", "'thirteen char'", "'null'", "'\\N'", "'\\\\N'", "'\"'", "'a,b'", "'line\nbreak\r\n'", "repeat('ä€😀', 40)", "' '", "'NA'", "'\\.'"], postgres: 'text' },
  BLOB: { values: ["''::BLOB", "'\\x00\\xFF\\x41'::BLOB", "repeat('x', 40)::BLOB"], postgres: 'bytea' },
  DATE: { values: ["'1970-01-01'", "'2000-01-01'", "'0001-01-01'", "'0044-03-15 (BC)'", "'5000-12-31'", "'infinity'", "'-infinity'"], postgres: 'date' },
  TIME: { values: ["'00:00:00'", "'23:59:59.999999'", "'24:00:00'"], postgres: 'time without time zone' },
  'TIME WITH TIME ZONE': { values: ["'00:00:00+00'", "'23:59:59.999999-11:30'", "'12:00:00+14'"], postgres: 'time with time zone' },
  TIMESTAMP: { values: ["'1999-12-31 23:59:59.999999'", "'2000-01-01 00:00:00'", "'0044-03-15 (BC) 01:02:03'", "'infinity'", "'-infinity'", "'290000-01-01'"], postgres: 'timestamp without time zone' },
  TIMESTAMP_S: { values: ["'2021-01-01 12:30:00'", "'1960-01-01'"], postgres: 'timestamp without time zone', back: 'TIMESTAMP' },
  TIMESTAMP_MS: { values: ["'2021-01-01 12:30:00.123'", "'1960-01-01'"], postgres: 'timestamp without time zone', back: 'TIMESTAMP' },
  TIMESTAMP_NS: { values: ["'2021-01-01 12:30:00.123456'", "'1960-01-01'"], postgres: 'timestamp without time zone', back: 'TIMESTAMP' },
  'TIMESTAMP WITH TIME ZONE': { values: ["'2021-06-01 12:00:00.000001+02'", "'1900-01-01 00:00:00+00'", "'infinity'"], postgres: 'timestamp with time zone' },
  INTERVAL: { values: ["INTERVAL '1 month'", "INTERVAL '-3 days'", "INTERVAL '5 microseconds'", "INTERVAL '14 months' + INTERVAL '2 days' - INTERVAL '3 hours'", "INTERVAL '0 days'"], postgres: 'interval' },
  UUID: { values: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'", "'123e4567-e89b-12d3-a456-426614174000'"], postgres: 'uuid' },
  JSON: { values: ["'{\"b\":1,\"a\":[null,1.50]}'", "'\"x\"'", "'null'"], postgres: 'json' },
  'INTEGER[]': { values: ['[1, 2, NULL]', '[]', '[-5]'], postgres: 'integer[]' },
  'VARCHAR[]': { values: ["['', 'a\"b', NULL, 'NULL', '{x}', repeat('long ', 10)]", '[]'], postgres: 'text[]' },
  'DECIMAL(10,2)[]': { values: ['[1.5, -0.01, NULL]', '[]'], postgres: 'numeric(10,2)[]' },
  'TIMESTAMP[]': { values: ["['2021-01-01 00:00:01'::TIMESTAMP, NULL]"], postgres: 'timestamp without time zone[]' },
  'INTEGER[][]': { values: ['[[1, 2], [3, NULL]]', '[[7]]'], postgres: 'integer[]' },
  "ENUM('low', 'high')": { values: ["'low'", "'high'"], postgres: 'text', back: 'VARCHAR' },
} // prettier-ignore

const oneColumn = fc
  .constantFrom(...Object.keys(types))
  .chain((type) =>
    fc.record({ type: fc.constant(type), pick: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 8 }) }),
  )

const valueAt = (type: string, choice: number): string => {
  const values = types[type]?.values ?? []
  return choice % 4 === 0 ? 'NULL' : `CAST(${values[choice % values.length]} AS ${type})`
}

type Columns = readonly { readonly type: string; readonly pick: readonly number[] }[]

const tableOf = (columns: Columns): string => {
  const rows = Math.max(...columns.map(({ pick }) => pick.length))
  const selects = Array.from({ length: rows }, (_, row) => {
    const values = columns.map(({ type, pick }, index) => `${valueAt(type, pick[row % pick.length] ?? 0)} AS c${index}`)
    return `SELECT ${row} AS n, ${values.join(', ')}`
  })
  return selects.join(' UNION ALL ')
}

/** Rows as texts: a value and its type are equal when their texts are. */
const asTexts = (columns: Columns): string => {
  const texts = columns.map(({ type }, index) => {
    const back = types[type]?.back ?? type
    return `CAST(CAST(c${index} AS ${back}) AS VARCHAR) AS c${index}`
  })
  return `SELECT n, ${texts.join(', ')} FROM {it} ORDER BY n`
}

const roundTrip = async (columns: Columns) => {
  const client = await clientOf(server)
  const select = tableOf(columns)
  // A table of other columns that takes these would stay, with its types.
  await server.ask('DROP TABLE IF EXISTS there')
  await duck.load(client, select, { into: 'there' })
  const before = await duck.use(async (tables) => tables.ask({ it: await tables.derive({}, select) }, asTexts(columns)))
  const { table, rows } = await duck.select(client, 'SELECT * FROM there', asTexts(columns))
  return { before, after: rows, types: table.columns.slice(1).map(({ type }) => type) }
}

testWithPostgres('every type goes into a column of its kind, and comes back as it was', async () => {
  const all = Object.keys(types).map((type) => ({ type, pick: Array.from({ length: 24 }, (_, index) => index) }))
  const { before, after, types: back } = await roundTrip(all)
  expect(after).toEqual(before)
  expect(back).toEqual(Object.entries(types).map(([type, { back: other }]) => other ?? type))
  const columns = await server.ask(
    `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'there'::regclass AND attnum > 1 ORDER BY attnum`,
  )
  expect(columns.map(({ type }) => type)).toEqual(Object.values(types).map(({ postgres }) => postgres))
})

testWithPostgres('tables of any types and values come back equal', async () => {
  const property = fc.asyncProperty(fc.array(oneColumn, { minLength: 1, maxLength: 6 }), async (columns) => {
    const { before, after } = await roundTrip(columns)
    expect(after).toEqual(before)
  })
  await fc.assert(property, { numRuns: 12 })
})

testWithPostgres('a table of one column, all of it null or empty, keeps both apart', async () => {
  const client = await clientOf(server)
  await duck.load(client, "SELECT unnest([NULL, '', NULL, '\\N', 'x']) AS one", { into: 'thin', mode: 'replace' })
  const { rows } = await duck.select(
    client,
    'SELECT one FROM thin',
    'SELECT one, count(*)::INTEGER AS n FROM {it} GROUP BY one ORDER BY one NULLS FIRST',
  )
  expect(rows).toEqual([{ one: null, n: 2 }, { one: '', n: 1 }, { one: '\\N', n: 1 }, { one: 'x', n: 1 }]) // prettier-ignore
})

testWithPostgres('huge texts, a hundred columns and many chunks pass whole', async () => {
  const client = await clientOf(server)
  const columns = Array.from({ length: 100 }, (_, index) => `range + ${index} AS c${index}`)
  const select = `SELECT range AS n, CASE WHEN range % 1000 = 7 THEN repeat('ä', 1000000) WHEN range % 3 = 0 THEN NULL ELSE 'text number ' || range END AS long, ${columns.join(', ')} FROM range(5000)`
  const { rows } = await duck.load(client, select, { into: 'wide', mode: 'replace' })
  expect(rows).toBe(5000)
  const sums = `count(*)::INTEGER AS n, sum(length(long))::BIGINT AS long, count(long)::INTEGER AS there, sum(c99)::BIGINT AS last`
  const before = await duck.use(async (tables) =>
    tables.ask({ it: await tables.derive({}, select) }, `SELECT ${sums} FROM {it}`),
  )
  const { rows: after } = await duck.select(client, 'SELECT * FROM wide', `SELECT ${sums} FROM {it}`)
  expect(after).toEqual(before)
})

testWithPostgres('what PostgreSQL counts and sums comes as numbers that are exact', async () => {
  const client = await clientOf(server)
  const { table, rows, warnings } = await duck.select(
    client,
    "SELECT sum(n)::numeric AS sum, avg(n) AS avg, 'NaN'::numeric AS none, 1 AS twice, 2 AS twice FROM generate_series(1, 4::bigint) n",
  )
  expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['sum DECIMAL(38,0)', 'avg DECIMAL(38,16)', 'none VARCHAR', 'twice INTEGER', 'twice_1 INTEGER']) // prettier-ignore
  expect(rows).toEqual([{ sum: '10', avg: '2.5000000000000000', none: 'NaN', twice: 1, twice_1: 2 }])
  expect(warnings).toEqual([
    '“none” comes as text: among its numbers are NaN or Infinity. Cast it in the SQL ("none"::float8) to have numbers.',
  ])
})

testWithPostgres('nested values become JSON of the same content', async () => {
  const client = await clientOf(server)
  const select = "SELECT {a: 1, b: [1.50::DECIMAL(4,2)]} AS struct, MAP {'k': 'v'} AS map, [{a: 1}] AS list"
  await duck.load(client, select, { into: 'nested', mode: 'replace' })
  expect(await server.ask('SELECT * FROM nested')).toEqual([
    { struct: { a: 1, b: [1.5] }, map: { k: 'v' }, list: [{ a: 1 }] },
  ])
})
