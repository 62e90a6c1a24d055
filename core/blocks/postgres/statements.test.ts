import { afterAll, beforeAll, expect } from 'vitest'
import type { ExecuteRequest } from '#core/kinds/capabilities.ts'
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

const execute = async (sql: string, more: Partial<ExecuteRequest> = {}) => {
  const client = await clientOf(server)
  return duck.use((tables) =>
    client.execute({ sql, tables, loadId: null, signal: new AbortController().signal, ...more }),
  )
}

testWithPostgres(
  'statements are one transaction, done once for each load id, and tell how many rows they changed',
  async () => {
    const sql =
      'CREATE TABLE counted (n int); INSERT INTO counted SELECT generate_series(1, 5); -- five; rows\nDELETE FROM counted WHERE n > 3'
    const statements = [
      { command: 'CREATE', rows: null },
      { command: 'INSERT', rows: 5 },
      { command: 'DELETE', rows: 2 },
    ]
    expect(await execute(sql, { loadId: 'once' })).toEqual({ statements, repeated: false })
    expect(await execute(sql, { loadId: 'once' })).toEqual({ statements, repeated: true })
    await expect(execute('DELETE FROM counted; SELECT 1 / 0')).rejects.toThrow(
      /^Statement 2 \(SELECT 1 \/ 0\): Division by zero/,
    )
    await expect(execute('DELETE FROM counted; COMMIT')).rejects.toThrow(/one transaction already/)
    expect(await server.ask('SELECT count(*)::int AS n FROM counted')).toEqual([{ n: 3 }])
  },
)

testWithPostgres('a mistake in SQL is told with PostgreSQL’s own words and hint', async () => {
  await expect(execute('SELECT nam FROM (SELECT 1 AS name) t')).rejects.toMatchObject({
    failure: {
      code: 'not-found',
      retryable: false,
      message: expect.stringMatching(/Column "nam" does not exist\. Perhaps you meant/) as string,
    },
  })
  await expect(execute('SELECT * FROM nowhere')).rejects.toThrow(/Relation "nowhere" does not exist/)
})

testWithPostgres('a few rows come as JSON, exact, with their types; nothing can be changed', async () => {
  const client = await clientOf(server)
  const answer = await client.query(
    'SELECT 9007199254740993 AS big, 1.50::numeric(4,2) AS price, true AS yes, \'{"a": [1]}\'::jsonb AS doc, NULL AS none, n FROM generate_series(1, 9) n',
    2,
  )
  expect(answer.columns.map(({ type }) => type)).toEqual([
    'bigint',
    'numeric(4,2)',
    'boolean',
    'jsonb',
    'text',
    'integer',
  ])
  expect(answer.rows).toEqual(
    [1, 2].map((n) => ({ big: '9007199254740993', price: '1.50', yes: true, doc: { a: [1] }, none: null, n })),
  )
  await expect(client.query('DELETE FROM pg_class RETURNING 1', 1)).rejects.toThrow(/Syntax error/)
})

testWithPostgres('a query that would change something, or gives no rows, is refused', async () => {
  const client = await clientOf(server)
  await server.ask(
    'CREATE TABLE kept AS SELECT 1 AS n; CREATE FUNCTION changes() RETURNS int LANGUAGE sql AS $$ INSERT INTO kept VALUES (2) RETURNING n $$',
  )
  await expect(duck.select(client, 'SELECT changes()')).rejects.toThrow(/read-only transaction/)
  await expect(duck.select(client, 'DROP TABLE kept')).rejects.toThrow(/Syntax error/)
  await expect(duck.select(client, 'SELECT 1) AS a; COMMIT; DROP TABLE kept; SELECT * FROM (SELECT 1')).rejects.toThrow(
    /several statements/,
  )
  expect(await server.ask('SELECT n FROM kept')).toEqual([{ n: 1 }])
})

testWithPostgres('rows keep the order that a query asks for', async () => {
  const client = await clientOf(server)
  const wrong = 'SELECT count(*)::INTEGER AS wrong FROM (SELECT n, lag(n) OVER () AS before FROM {it}) WHERE before < n'
  const { table, rows } = await duck.select(client, 'SELECT n FROM generate_series(1, 300000) n ORDER BY n DESC', wrong)
  expect(rows).toEqual([{ wrong: 0 }])
  expect(table.steps.at(-1)?.ordered).toBe(true)
})

testWithPostgres(
  'a query whose rows fail in the middle leaves no table, and a cancelled one ends on the server',
  async () => {
    const client = await clientOf(server)
    await expect(duck.select(client, 'SELECT 1 / (5000 - n) AS x FROM generate_series(1, 10000) n')).rejects.toThrow(
      /Division by zero/,
    )
    const stop = new AbortController()
    const slow = duck.use(
      (tables) =>
        client.select({
          sql: 'SELECT n, pg_sleep(n) FROM generate_series(1, 100) n',
          tables,
          results: '',
          signal: stop.signal,
          progress: () => undefined,
          warn: () => undefined,
        }),
      stop.signal,
    )
    const others =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'millrace' AND query LIKE 'COPY%' AND state = 'active'"
    while ((await server.ask(others)).length === 0);
    stop.abort()
    await expect(slow).rejects.toMatchObject({ failure: { code: 'cancelled' } })
    expect(await server.ask(others)).toEqual([])
  },
)

testWithPostgres('a server that goes away while the rows come is a failure that may be tried again', async () => {
  const client = await clientOf(server)
  const sql =
    "SELECT n, repeat('x', 100), pg_sleep(CASE WHEN n = 50000 THEN 60 ELSE 0 END) FROM generate_series(1, 60000) n"
  const slow = duck.select(client, sql).catch((error: unknown) => error)
  while (
    (await server.ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%' AND wait_event = 'PgSleep'")).length ===
    0
  );
  await server.crash()
  expect(await slow).toMatchObject({ failure: { code: 'unavailable', retryable: true } })
  await server.start()
  expect((await duck.select(client, 'SELECT 1 AS n')).rows).toEqual([{ n: 1 }])
})

testWithPostgres('a cancelled statement ends on the server and changes nothing', async () => {
  const stop = new AbortController()
  const slow = execute('CREATE TABLE never (n int); SELECT pg_sleep(60)', { signal: stop.signal })
  while (
    (await server.ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"))
      .length === 0
  );
  stop.abort()
  await expect(slow).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  expect(await server.ask("SELECT to_regclass('never') AS it")).toEqual([{ it: null }])
})

testWithPostgres('a console is answered what has no cursor too, and columns of one name are told apart', async () => {
  const client = await clientOf(server)
  expect((await client.query('SHOW server_encoding', 1)).rows).toEqual([{ server_encoding: 'UTF8' }])
  const plan = await client.query('EXPLAIN SELECT count(*) FROM pg_class', 1)
  expect([plan.columns.map(({ name }) => name), plan.rows.length]).toEqual([['QUERY PLAN'], 1])
  expect(await client.query('SELECT 1 AS n, 2 AS n', 1)).toMatchObject({
    columns: [{ name: 'n' }, { name: 'n_2' }],
    rows: [{ n: 1, n_2: 2 }],
  })
  await client.close()
})
