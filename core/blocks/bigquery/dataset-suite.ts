import { afterAll, describe, expect, test } from 'vitest'
import { duckTables } from '#core/blocks/postgres/testing/postgres-tables.ts'
import type { DatabaseClient } from '#core/kinds/capabilities.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { containing } from '#test/fixtures/containing.ts'

type Dataset = {
  open(): Promise<DatabaseClient>
  /** Before the names of its tables, so that they are nobody else's. */
  readonly prefix: string
}

const { signal } = new AbortController()

/** A column of each type, with what comes back of it as text, where that is not its own. */
const values: Readonly<Record<string, readonly [value: string, back?: string]>> = {
  b: ['true'],
  i: ['9007199254740993::BIGINT'],
  small: ['-3::SMALLINT'],
  f: ['0.1::DOUBLE'],
  n: ["'12345678901234567890.123456789'::DECIMAL(38,9)", '12345678901234567890.123456789'],
  s: [`'a "b", \\N ä😀' || chr(10) || 'c'`],
  e: ["''"],
  bytes: ["'\\xFF\\x00a'::BLOB"],
  d: ["DATE '0001-01-01'"],
  t: ["TIME '23:59:59.999999'"],
  local: ["TIMESTAMP '2021-01-02 03:04:05.678901'"],
  moment: ["TIMESTAMPTZ '1960-01-02 03:04:05.678901+00'"],
  list: ['[1, 2]::BIGINT[]'],
  none: ['NULL::VARCHAR'],
}

/** What holds for every dataset, Google's own and the one that stands in for it in tests. */
export const datasetSuite = ({ open, prefix }: Dataset): void => {
  const duck = duckTables()
  afterAll(async () => {
    const client = await open()
    const sql = ['plain', 'types', 'merged', 'changed']
      .map((table) => `DROP TABLE IF EXISTS ${prefix}${table}`)
      .join('; ')
    await duck.use((tables) => client.execute({ sql, tables, loadId: null, signal }))
    await duck.close()
  })
  const rows = async (sql: string): Promise<readonly Readonly<Record<string, JsonValue>>[]> =>
    (await (await open()).query(sql, 100)).rows
  const load = async (select: string, into: string, more: Partial<Parameters<typeof duck.load>[2]> = {}) =>
    duck.load(await open(), select, { into: `${prefix}${into}`, ...more })

  describe('a dataset', () => {
    test('takes rows once for each load id, and appends or replaces', async () => {
      const loadId = `${prefix}once`
      expect(await load('SELECT range AS n FROM range(3)', 'plain', { loadId })).toMatchObject({
        rows: 3,
        repeated: false,
      })
      expect(await load('SELECT range AS n FROM range(3)', 'plain', { loadId })).toMatchObject({
        rows: 3,
        repeated: true,
      })
      await load('SELECT 9 AS n', 'plain')
      expect(await rows(`SELECT n FROM ${prefix}plain ORDER BY n`)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 9 }])
      await load("SELECT 'x' AS other", 'plain', { mode: 'replace' })
      expect(await rows(`SELECT * FROM ${prefix}plain`)).toEqual([{ other: 'x' }])
    })

    test('gives back what it took, exactly', async () => {
      const columns = Object.entries(values).map(([name, [value]]) => `${value} AS ${name}`)
      await load(`SELECT ${columns.join(', ')}`, 'types')
      const client = await open()
      const texts = Object.keys(values).map((name) => `CAST(${name} AS VARCHAR) AS ${name}`)
      const [before, after] = await duck.use(async (tables) => {
        const sent = await tables.derive({}, `SELECT ${columns.join(', ')}`)
        const table = await client.select({
          sql: `SELECT * FROM ${prefix}types`,
          tables,
          results: '',
          signal,
          progress: () => undefined,
          warn: () => undefined,
        })
        const ask = `SELECT ${texts.join(', ')} FROM {it}`
        return [await tables.ask({ it: sent }, ask), await tables.ask({ it: table }, ask)]
      })
      expect(after).toEqual(before)
    })

    test('merges by keys in one statement', async () => {
      const merge = (rowsOf: string) =>
        load(`SELECT * FROM (VALUES ${rowsOf}) AS v(a, b)`, 'merged', { mode: 'merge', keys: ['a'] })
      expect(await merge("(1, 'x'), (2, 'y')")).toMatchObject({ rows: 2, updated: 0 })
      expect(await merge("(2, 'new'), (3, 'z')")).toMatchObject({ rows: 2, updated: 1 })
      expect(await rows(`SELECT * FROM ${prefix}merged ORDER BY a`)).toEqual([
        { a: 1, b: 'x' },
        { a: 2, b: 'new' },
        { a: 3, b: 'z' },
      ])
      await expect(merge("(7, 'p'), (7, 'q')")).rejects.toMatchObject({
        failure: { code: 'data', message: containing(/the key a = 7 2 times/) },
      })
    })

    test('runs statements as one transaction and once, and tells the bytes of a query', async () => {
      await load('SELECT 1 AS a', 'changed')
      const client = await open()
      const table = `${prefix}changed`
      const sql = `INSERT INTO ${table} (a) VALUES (2), (3); UPDATE ${table} SET a = 4 WHERE a = 3`
      const execute = () => duck.use((tables) => client.execute({ sql, tables, loadId: `${prefix}execute`, signal }))
      const statements = [
        { command: 'INSERT', rows: 2 },
        { command: 'UPDATE', rows: 1 },
      ]
      expect(await execute()).toEqual({ statements, repeated: false })
      expect(await execute()).toEqual({ statements, repeated: true })
      expect(await rows(`SELECT a FROM ${table} ORDER BY a`)).toEqual([{ a: 1 }, { a: 2 }, { a: 4 }])
      expect(await client.estimate?.(`SELECT a FROM ${table}`, {}, signal)).toMatchObject({ bytes: 24 })
    })
  })
}
