import { expect } from 'vitest'
import { testWithPostgres } from '#test/fixtures/postgres.ts'
import { freshDatabase } from './testing/fresh-database.ts'

const { duck, server, client, ask, rowsOf } = freshDatabase()
const some = (rows: number) => `SELECT range AS n, 'row ' || range AS t FROM range(${rows})`

testWithPostgres(
  'replace keeps a table that fits with its indexes and rights, and makes one anew that does not',
  async () => {
    const it = await client()
    const person = await server().createPerson()
    await duck.load(it, some(3), { into: 'rides' })
    await ask(
      `CREATE INDEX rides_n ON rides (n); GRANT SELECT ON rides TO ${person.user}; CREATE VIEW seen AS SELECT * FROM rides`,
    )
    await duck.load(it, some(5), { into: 'rides', mode: 'replace' })
    expect(await rowsOf('seen')).toBe(5)
    const warnings: string[] = []
    const other = () =>
      duck.load(it, 'SELECT 1.5::DECIMAL(3,1) AS other', {
        into: 'rides',
        mode: 'replace',
        warn: (message) => void warnings.push(message),
      })
    await expect(other()).rejects.toThrow(/view seen depends on table rides.* Make the rows fit the table .*take away/i)
    await ask('DROP VIEW seen')
    warnings.length = 0
    await other()
    expect(await ask('SELECT * FROM rides')).toEqual([{ other: '1.5' }])
    expect(warnings).toEqual([
      `The table “rides” is made anew, since the rows do not fit it: other (DECIMAL(3,1)) is not in the table. With it goes what hung on it: the index rides_n, the rights of ${person.user}.`,
    ])
  },
)

testWithPostgres('a column that may be empty may be missing in the rows, and the load says so', async () => {
  const it = await client()
  await ask(
    "CREATE TABLE kept (id int PRIMARY KEY, remark text, made date DEFAULT '2021-01-01'); INSERT INTO kept VALUES (0, 'old')",
  )
  const warnings: string[] = []
  const load = (select: string, mode: 'append' | 'replace') =>
    duck.load(it, select, { into: 'kept', mode, warn: (message) => void warnings.push(message) })
  await load('SELECT 1 AS id', 'append')
  expect(await ask('SELECT id, remark, made::text FROM kept ORDER BY id')).toEqual([
    { id: 0, remark: 'old', made: '2021-01-01' },
    { id: 1, remark: null, made: '2021-01-01' },
  ])
  await load('SELECT 2 AS id', 'replace')
  expect(await ask('SELECT id, remark FROM kept')).toEqual([{ id: 2, remark: null }])
  expect(await ask("SELECT indexname FROM pg_indexes WHERE tablename = 'kept'")).toEqual([{ indexname: 'kept_pkey' }])
  expect(warnings).toEqual([
    'The rows have no “remark”, which “kept” has: null is written there.',
    'The rows have no “remark”, which “kept” has: null is written there. What was there went with the rows before.',
  ])
})
