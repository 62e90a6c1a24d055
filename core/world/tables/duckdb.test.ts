import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lazyDuckDB } from './duckdb.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-stream-'))
const duckdb = lazyDuckDB({ spill: join(folder, 'spill'), memoryLimit: 256 * 2 ** 20, threads: 2 })
afterAll(async () => {
  await duckdb.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Some rows come at once; to its end it would take hours. */
const endless = 'FROM range(500000) UNION ALL SELECT i FROM range(1000000000000) AS numbers (i) WHERE hash(i) = 1'

test('a stream that is stopped while its next rows are computed ends then, and its statement is not run again', async () => {
  const connection = await duckdb.connect(new AbortController().signal)
  const stream = await connection.stream(endless)
  let rows = 0
  const reading = (async () => {
    for (let chunk = await stream.next(); chunk !== null; chunk = await stream.next()) rows += chunk.rowCount
  })()
  let before = -1
  const isWaiting = () => before === (before = rows) && rows > 0
  await expect.poll(isWaiting, { interval: 100 }).toBe(true)
  await stream.stop()
  await reading
  expect((await connection.ask('SELECT 42 AS it')).rows).toEqual([{ it: 42 }])
  connection.close()
})

test('a stream that is read to its end gives every row, and can be stopped after it', async () => {
  const connection = await duckdb.connect(new AbortController().signal)
  const stream = await connection.stream('FROM range(5000)')
  let rows = 0
  for (let chunk = await stream.next(); chunk !== null; chunk = await stream.next()) rows += chunk.rowCount
  await stream.stop()
  expect(rows).toBe(5000)
  connection.close()
})
