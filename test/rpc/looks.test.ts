import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import { connect } from '#core/api/connect.ts'
import { openEngine, type Engine } from '#core/compose.ts'
import type { QueryNews } from '#core/model/block-look.ts'

/** Looks into blocks, over the engine's socket and with its own workers. */
const folder = mkdtempSync(path.join(tmpdir(), 'millrace-rpc-looks-'))
const home = path.join(folder, 'home')
const bugs: unknown[] = []
let engine: Engine
let remote: { client: EngineClient; close(): Promise<void> }

beforeAll(async () => {
  engine = await openEngine({ home, passphrase: null, onBug: (error) => bugs.push(error) })
  remote = await connect(path.join(home, 'engine.sock'))
  const lake = path.join(home, 'lake')
  mkdirSync(path.join(lake, 'data', 'green'), { recursive: true })
  writeFileSync(path.join(lake, 'readme.txt'), 'hello')
  writeFileSync(path.join(lake, 'data', 'zones.csv'), 'id,name\n1,Newark\n2,Jamaica Bay\n3,Bronx\n')
  writeFileSync(path.join(lake, 'data', 'green', 'a.csv'), 'x\n1\n')
})
afterAll(async () => {
  await remote.close()
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
  expect(bugs).toEqual([])
})

const warehouse = 'block:duckdb/warehouse'

const ask = async (sql: string, limit = 100): Promise<readonly QueryNews[]> =>
  Array.fromAsync(await remote.client.blocks.query({ block: warehouse, sql, limit }))

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => failureOfCall(error),
  )

test('statements are run and tell what they did; a query gives its first rows and their types', async () => {
  expect(await failureOf(ask('select 1'))).toMatchObject({ code: 'not-found' })
  const made = await ask('create table rides as select range as n from range(1000); delete from rides where n >= 900')
  expect(made).toMatchObject([
    { kind: 'running' },
    { kind: 'done', statements: [{}, { command: 'DELETE', rows: 100 }] },
  ])
  expect((await ask('select count(*) as rides from rides')).at(-1)).toMatchObject({
    kind: 'rows',
    columns: [{ name: 'rides', type: 'BIGINT' }],
    rows: [{ rides: 900 }],
    more: false,
  })
  const some = (await ask('from rides order by n', 3)).at(-1)
  expect(some).toMatchObject({ kind: 'rows', rows: [{ n: 0 }, { n: 1 }, { n: 2 }], more: true })
  expect((await ask('drop table rides')).at(-1)).toMatchObject({ kind: 'done', statements: [{ command: 'DROP' }] })
  expect(await failureOf(ask('select * from rides'))).toMatchObject({
    message: expect.stringContaining('rides') as unknown,
  })
})

test('a query reaches its database and nothing else, and changes nothing', async () => {
  writeFileSync(path.join(folder, 'outside.csv'), 'hidden\n1\n')
  for (const sql of [`select * from '${folder}/outside.csv'`, `copy (select 1) to '${folder}/out.csv'`])
    expect(await failureOf(ask(sql)), sql).not.toBeNull()
})

test('a query that takes long is stopped when nobody wants its answer any more, and the file is free again', async () => {
  const left = new AbortController()
  const sql = 'select count(*) from range(1000000) a, range(1000000) b'
  const news = await remote.client.blocks.query({ block: warehouse, sql }, { signal: left.signal })
  const asked = failureOf(
    (async () => {
      for await (const { kind } of news) if (kind === 'running') left.abort()
    })(),
  )
  expect(await asked).not.toBeNull()
  expect((await ask('select 42 as answer')).at(-1)).toMatchObject({ rows: [{ answer: 42 }] })
})

test('a query waits for a task that has the DuckDB file, and says so', async () => {
  const text = `millrace: 1
name: busy
tasks:
  build:
    type: database.execute
    with:
      database: ${warehouse}
      sql: create or replace table slow as select a.range as n from range(30000) a, range(3000) b where hash(a.range, b.range) % 100000 = 0
`
  const { id } = await remote.client.runs.submit({ source: { from: 'text', text, folder: null } })
  const running = async (): Promise<void> => {
    for await (const news of await remote.client.runs.watch({ flowRun: id }))
      if (news.kind === 'task-run' && news.taskRun.state.name === 'Running') return
  }
  await running()
  const news = await ask('select count(*) as n from slow')
  expect(news.map(({ kind }) => kind)).toEqual(['waiting', 'running', 'rows'])
  expect(news[0]).toMatchObject({ reason: expect.stringMatching(/DuckDB file .* \(in use by build of/) as unknown })
  await engine.ended(id)
})

test('a storage shows its folders with what they hold, and the head of a CSV file', async () => {
  const { blocks } = remote.client
  const lake = { block: 'block:local-file-system/lake' }
  expect(await blocks.browse(lake)).toMatchObject({
    folder: '',
    folders: [{ name: 'data/', objects: 2 }],
    objects: [{ name: 'readme.txt', bytes: 5 }],
    more: false,
  })
  expect(await blocks.browse({ ...lake, folder: '/data' })).toMatchObject({
    folder: 'data/',
    folders: [{ name: 'data/green/', objects: 1 }],
    objects: [{ name: 'data/zones.csv' }],
  })
  expect(await blocks.peek({ ...lake, name: 'data/zones.csv', limit: 2 })).toMatchObject({
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
    ],
    rows: [
      { id: 1, name: 'Newark' },
      { id: 2, name: 'Jamaica Bay' },
    ],
  })
  expect(await failureOf(blocks.peek({ ...lake, name: '../engine.lock' }))).toMatchObject({ code: 'denied' })
  expect(await failureOf(blocks.peek({ ...lake, name: 'nothing.csv' }))).toMatchObject({ code: 'not-found' })
  expect(await failureOf(blocks.browse({ block: warehouse }))).toMatchObject({
    message: expect.stringContaining('no storage') as unknown,
  })
})
