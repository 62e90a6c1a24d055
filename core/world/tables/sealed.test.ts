import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTableEngine } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-sealed-'))
const secret = join(folder, 'secret.csv')
writeFileSync(secret, 'word\nhidden\n')
const engine = createTableEngine({
  spill: join(folder, 'spill'),
  memoryLimit: 64 * 2 ** 20,
  threads: 1,
  spillLimit: 2 ** 20,
})
const signal = new AbortController().signal
const sealed = await engine.openSealed({ trips: [{ name: 'a', type: 'BIGINT' }] }, signal)

afterAll(async () => {
  sealed.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What a query would do if the check of its syntax tree had a hole. */
test.each([
  `FROM '${secret}'`,
  `FROM read_csv('${secret}')`,
  `FROM read_text('${folder}/*')`,
  `FROM read_blob('${secret}')`,
  `FROM glob('${folder}/*')`,
  `FROM query('FROM ''${secret}''')`,
  `FROM read_duckdb('${folder}/x.duckdb', table_name := 't')`,
  `FROM parquet_metadata('${folder}/x.parquet')`,
  `FROM sniff_csv('${secret}')`,
  "FROM 'http://127.0.0.1:9/x.csv'",
  `COPY trips TO '${folder}/x.csv'`,
  `ATTACH '${folder}/x.duckdb'`,
  `EXPORT DATABASE '${folder}/x'`,
  'INSTALL httpfs',
  'LOAD httpfs',
  'SET threads = 2',
  'SET enable_external_access = true',
  'SET lock_configuration = false',
  'RESET threads',
])('without the check, %s still comes to nothing', async (sql) => {
  await expect(sealed.ask(sql)).rejects.toMatchObject({
    failure: { message: expect.stringMatching(/disabled (by|through) configuration|has been locked/) as string },
  })
  expect(readdirSync(folder).filter((name) => name !== 'spill')).toEqual(['secret.csv'])
})

test('it has the tables that it is given, with their columns and without rows', async () => {
  expect(await sealed.describe('SELECT * FROM trips')).toEqual([{ name: 'a', type: 'BIGINT' }])
  expect((await sealed.ask('SELECT count(*) AS total FROM trips')).rows).toEqual([{ total: 0 }])
})

test('a statement that spills more than it may fails as a limit, and leaves nothing', async () => {
  const connection = await engine.connect(signal)
  const sorted = connection.run('CREATE TEMP TABLE t AS SELECT hash(range) AS x FROM range(10000000) ORDER BY x')
  await expect(sorted).rejects.toMatchObject({ failure: { code: 'limit' } })
  connection.close()
})
