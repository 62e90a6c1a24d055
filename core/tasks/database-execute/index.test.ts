import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { openDuckDBFile } from '#core/blocks/duckdb/client.ts'
import { duckdbBlock } from '#core/blocks/duckdb/index.ts'
import { databaseExecute } from '#core/tasks/database-execute/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { outputsOf, tableJobs } from '#test/fixtures/table-job.ts'

const jobs = tableJobs({ 'block:duckdb/warehouse': { type: duckdbBlock, settings: { path: 'db/warehouse.duckdb' } } })
afterAll(jobs.close)
const file = join(jobs.folder, 'db/warehouse.duckdb')
const query = async (sql: string) => (await openDuckDBFile(file).query(sql, 1000)).rows

let loads = 0
const execute = (sql: string, loadId = `execution ${(loads += 1)}`) =>
  jobs.run([{ type: databaseExecute, loadId, with: { database: 'block:duckdb/warehouse', sql } }])

const failure = async (sql: string) => {
  const [one] = (await execute(sql)).outcomes
  return one?.outcome.kind === 'failed' ? one.outcome.failure : null
}

test('statements run in order and say how many rows each changed', async () => {
  const ran = await execute(`
    CREATE TABLE t AS SELECT range AS n FROM range(10);
    -- the odd ones; and no others
    DELETE FROM t WHERE n % 2 = 1;
    UPDATE t SET n = n + 1 WHERE n > 4;
    INSERT INTO t VALUES (100), (200);
    SELECT count(*) FROM t;
    MERGE INTO t USING (SELECT 100 AS n) s ON t.n = s.n WHEN MATCHED THEN DELETE;
  `)
  expect(outputsOf(ran, 0)['statements']).toEqual({
    kind: 'value',
    value: [
      { command: 'CREATE', rows: null },
      { command: 'DELETE', rows: 5 },
      { command: 'UPDATE', rows: 2 },
      { command: 'INSERT', rows: 2 },
      { command: 'SELECT', rows: null },
      { command: 'MERGE INTO', rows: 1 },
    ],
  })
  expect(ran.log).toContain('info: Statement 2 of 6, DELETE: 5 rows.')
  expect(await query('SELECT list(n ORDER BY n) AS n FROM t')).toEqual([{ n: ['0', '2', '4', '7', '9', '200'] }])
})

test('a retry of what was committed does nothing and says the same; another run does it again', async () => {
  await execute('CREATE TABLE once (n INTEGER)')
  const first = await execute('INSERT INTO once VALUES (1); INSERT INTO once VALUES (2)', 'the same')
  const retry = await execute('INSERT INTO once VALUES (1); INSERT INTO once VALUES (2)', 'the same')
  expect(outputsOf(retry, 0)).toEqual(outputsOf(first, 0))
  expect(retry.log).toEqual([containing(/run by an earlier attempt; nothing was run again/)])
  expect(await query('SELECT count(*) AS n FROM once')).toEqual([{ n: 2 }])
  await execute('INSERT INTO once VALUES (1); INSERT INTO once VALUES (2)')
  expect(await query('SELECT count(*) AS n FROM once')).toEqual([{ n: 4 }])
})

test('when one statement fails none has happened, and the message names it', async () => {
  await execute('CREATE TABLE whole (n INTEGER)')
  expect(await failure('INSERT INTO whole VALUES (1);\nINSERT INTO whole SELECT nothing FROM whole')).toMatchObject({
    code: 'invalid',
    message: containing(/^Statement 2 of 2 \(“INSERT INTO whole SELECT nothing FROM …”\): .*nothing/),
  })
  expect(await failure(`INSERT INTO whole VALUES (1); INSERT INTO whole VALUES ('x')`)).toMatchObject({
    code: 'data',
    message: containing(/^Statement 2 of 2 .*'x'/),
  })
  expect(await query('SELECT count(*) AS n FROM whole')).toEqual([{ n: 0 }])
})

const hidden = join(jobs.folder, 'hidden.csv')
writeFileSync(hidden, 'a\nsecret\n')

test.each([
  [`COPY (SELECT 1) TO '${hidden}'`, /files are read and written by tasks of their own/],
  [`EXPORT DATABASE '${jobs.folder}'`, /files/],
  [`IMPORT DATABASE '${jobs.folder}'`, /files/],
  [`ATTACH '${jobs.folder}/x.duckdb' AS x`, /another database/],
  [`DETACH warehouse`, /another database/],
  ['USE memory', /another database/],
  ['INSTALL httpfs', /other code/],
  ['LOAD httpfs', /other code/],
  ['PRAGMA threads = 1', /settings of the database are fixed/],
  ['SET threads = 1', /settings of the database are fixed/],
  ['RESET threads', /settings of the database are fixed/],
  ['BEGIN', /one transaction already/],
  ['/* so */ commit', /one transaction already/],
  ['CHECKPOINT', /one transaction already/],
  ['CALL pragma_version()', /only plain statements/],
  ['PREPARE q AS SELECT 1', /only plain statements/],
  ['UPDATE EXTENSIONS', /only plain statements|other code|configuration/],
])('%s is refused with a reason, and nothing before it has happened', async (sql, reason) => {
  const name = `before_${(loads += 1)}`
  expect(await failure(`CREATE TABLE ${name} (n INTEGER); ${sql}`)).toMatchObject({
    message: containing(new RegExp(`^Statement 2 of 2 .*${reason.source}`)),
  })
  expect(await query(`SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = '${name}'`)).toEqual([{ n: 0 }])
})

test.each([
  `CREATE TABLE x AS SELECT * FROM read_csv('${hidden}')`,
  `CREATE TABLE x AS SELECT * FROM '${hidden}'`,
  `CREATE TABLE x AS SELECT * FROM read_text('${hidden}')`,
  `CREATE TABLE x AS SELECT * FROM glob('${jobs.folder}/*')`,
  `CREATE VIEW x AS SELECT * FROM parquet_scan('https://127.0.0.1/x.parquet')`,
  `SELECT * FROM query('COPY (SELECT 1) TO ''${hidden}''')`,
])('%s reaches no file', async (sql) => {
  expect(await failure(sql)).toMatchObject({ code: containing(/denied|invalid/) })
})

test('a PIVOT that has to look for its columns says what to do, one that names them runs', async () => {
  await execute(`CREATE TABLE pivots AS SELECT range AS n, range % 2 AS odd FROM range(4)`)
  expect(await failure('CREATE TABLE looked AS PIVOT pivots ON odd USING count(*)')).toMatchObject({
    message: containing(/PIVOT not say its values/),
  })
  await execute('CREATE TABLE named AS PIVOT pivots ON odd IN (0, 1) USING count(*)')
  expect(await query('SELECT count(*) AS n FROM named')).toEqual([{ n: 4 }])
})

test('nothing but comments is refused', async () => {
  expect(await failure('-- nothing\n;')).toMatchObject({ code: 'invalid', message: 'There is no statement to run.' })
})

test('a load and an execution keep their record in one table, also in one that an older version made', async () => {
  await execute(
    'DROP TABLE main._millrace_loads; CREATE TABLE main._millrace_loads (load_id VARCHAR PRIMARY KEY, table_name VARCHAR, row_count BIGINT, loaded_at TIMESTAMPTZ)',
    'older',
  )
  await execute('CREATE TABLE newer (n INTEGER)', 'newer')
  expect(await query(`SELECT statements FROM main._millrace_loads WHERE load_id = 'newer'`)).toEqual([
    { statements: '[{"command":"CREATE","rows":null}]' },
  ])
})
