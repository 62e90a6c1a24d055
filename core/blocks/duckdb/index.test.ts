import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { containing } from '#test/fixtures/containing.ts'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { openDuckDBFile } from './client.ts'
import { duckdbBlock } from './index.ts'

const someText: unknown = expect.any(String)

const folder = mkdtempSync(join(tmpdir(), 'millrace-duckdb-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const signal = new AbortController().signal

const made = async (name: string, sql: string) => {
  const instance = await DuckDBInstance.create(join(folder, name))
  const connection = await instance.connect()
  await connection.run(sql)
  instance.closeSync()
  return openDuckDBFile(join(folder, name))
}

const stages = (path: string, write = false) =>
  Array.fromAsync(
    duckdbBlock.test({
      settings: { path },
      home: folder,
      signal,
      block: noNestedBlock,
      http: noHttp,
      secret: () => Promise.reject(new Error('none')),
      write,
    }),
  )

test('a question is answered with columns, exact values and no more rows than asked', async () => {
  const database = await made(
    'a.duckdb',
    'CREATE TABLE t AS SELECT range AS n, 1.50::DECIMAL(6, 2) AS d FROM range(10)',
  )
  const { columns, rows } = await database.query('SELECT *, 9007199254740993 AS big FROM t ORDER BY n', 2)
  expect(columns.map(({ type }) => type)).toEqual(['BIGINT', 'DECIMAL(6,2)', 'BIGINT'])
  expect(rows).toEqual([
    { n: 0, d: '1.50', big: '9007199254740993' },
    { n: 1, d: '1.50', big: '9007199254740993' },
  ])
})

test('columns of one name are told apart', async () => {
  const database = await made('twice.duckdb', 'CREATE TABLE t AS SELECT 1 AS n')
  const { columns, rows } = await database.query('SELECT a.n, b.n + 1 AS n FROM t a, t b', 1)
  expect([columns.map(({ name }) => name), rows]).toEqual([['n', 'n_2'], [{ n: 1, n_2: 2 }]])
})

test('a question that is not wanted any more is stopped', async () => {
  await made('slow.duckdb', 'SELECT 1')
  const left = new AbortController()
  const slow = openDuckDBFile(join(folder, 'slow.duckdb'), left.signal)
  const asked = slow.query('SELECT count(*) FROM range(1000000) a, range(1000000) b', 1)
  left.abort()
  await expect(asked).rejects.toMatchObject({ failure: { code: 'cancelled' } })
})

test('a question cannot write, nor read other files', async () => {
  const database = await made('b.duckdb', 'CREATE TABLE t (n INTEGER)')
  await expect(database.query('DROP TABLE t', 1)).rejects.toMatchObject({ failure: { code: 'invalid' } })
  writeFileSync(join(folder, 'other.txt'), 'hidden')
  await expect(database.query(`SELECT * FROM read_text('${join(folder, 'other.txt')}')`, 1)).rejects.toThrow(/disabled/)
})

test('a database that is not there yet: a question says so, its test is content', async () => {
  await expect(openDuckDBFile(join(folder, 'none.duckdb')).query('SELECT 1', 1)).rejects.toMatchObject({
    failure: { code: 'not-found' },
  })
  expect(await stages('none.duckdb')).toMatchObject([{ ok: true, message: containing(/not there yet/) }])
})

test('its test opens the file and counts the tables, or says what is wrong', async () => {
  await made('c.duckdb', 'CREATE TABLE t (n INTEGER)')
  expect(await stages('c.duckdb')).toMatchObject([{ ok: true }, { ok: true, message: '1 table.' }])
  writeFileSync(join(folder, 'text.duckdb'), 'no database')
  expect(await stages('text.duckdb')).toMatchObject([{ ok: true }, { ok: false, remedy: someText }])
})

test('a test that may write tries to, and leaves nothing', async () => {
  const database = await made('w.duckdb', 'CREATE TABLE t (n INTEGER)')
  expect(await stages('w.duckdb', true)).toMatchObject([
    { ok: true },
    { ok: true },
    { stage: 'Write into it', ok: true },
  ])
  expect((await database.query('SELECT table_name FROM duckdb_tables()', 5)).rows).toEqual([{ table_name: 't' }])
  expect(await stages('not-yet/w.duckdb', true)).toMatchObject([{ ok: true }, { stage: 'Write beside it', ok: true }])
  expect(readdirSync(folder)).not.toContain('not-yet')
})

test.runIf(process.platform === 'linux')('a file that nobody can make is no place, also for a superuser', async () => {
  const found = [{ ok: false, message: containing(/cannot be made: \/proc cannot be written/), remedy: someText }]
  for (const write of [false, true]) expect(await stages('/proc/nowhere/x.duckdb', write)).toMatchObject(found)
})

test('one task at a time uses the file, however its path is written', () => {
  const name = (path: string) => duckdbBlock.exclusive?.({ path }, { home: folder })
  expect(name('a.duckdb')).toBe(`duckdb:${join(folder, 'a.duckdb')}`)
  expect(name('x/../a.duckdb')).toBe(name(join(folder, 'a.duckdb')))
  expect(name('b.duckdb')).not.toBe(name('a.duckdb'))
})

test('~ is the folder of the person', async () => {
  vi.stubEnv('HOME', join(folder, 'person'))
  vi.stubEnv('USERPROFILE', join(folder, 'person'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const [first] = await stages('~/lake.duckdb')
  expect(first?.message).toContain(join(folder, 'person', 'lake.duckdb'))
  expect(duckdbBlock.exclusive?.({ path: '~/lake.duckdb' }, { home: '/nowhere' })).toBe(
    `duckdb:${join(folder, 'person', 'lake.duckdb')}`,
  )
})
