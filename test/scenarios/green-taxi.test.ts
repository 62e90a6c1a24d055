import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { execute, firstRow } from './duckdb-rows.ts'
import { millrace, resultOf, starterFlow, statesOf, type Result } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

const flow = starterFlow('green-taxi.yaml')

describe('the green-taxi starter', () => {
  const home = temporaryFolder()
  afterAll(() => home.remove())
  const warehouse = path.join(home.path, 'warehouse.duckdb')
  const lake = path.join(home.path, 'lake/data/green/green_tripdata_2020-11.parquet')

  const run = async (...args: string[]): Promise<Result> => {
    const ended = await millrace(['run', flow, '--json', ...args], { home: home.path })
    expect(ended.exitCode, ended.stderr).toBe(0)
    return resultOf(ended)
  }

  let first: Result
  beforeAll(async () => {
    first = await run()
  })

  test('ends Completed, with the state, the duration, the rows and the columns of each task', () => {
    expect(first.state).toMatchObject({ type: 'COMPLETED', name: 'Completed' })
    const read = first.tasks.find(({ task }) => task === 'trips')
    expect(read?.outputs['table']).toMatchObject({ rows: 88_605 })
    expect(read?.outputs['table']).toHaveProperty('columns.length', 20)
  })

  test('loads every ride into the warehouse', async () => {
    expect(await firstRow('select count(*) as n from rides', warehouse)).toEqual({ n: '88605' })
  })

  test('leaves the same rows and the same total as Parquet in the lake', async () => {
    const sql = `select count(*) as n, round(sum(total_amount), 2)::decimal(18, 2) as total from '${lake}'`
    expect(await firstRow(sql)).toEqual({ n: '88605', total: '2062623.15' })
  })

  test('says Cached for the extract when it runs again, loads again, and puts back a table that was dropped', async () => {
    await execute('drop table rides', warehouse)
    const again = await run()
    expect(statesOf(again)).toMatchObject({ extract: 'Cached', load: 'Completed' })
    expect(await firstRow('select count(*) as n from rides', warehouse)).toEqual({ n: '88605' })
  })

  test('leaves out rides without passengers when asked, and keeps those that do not say', async () => {
    const filtered = await run('-p', 'drop_zero_passengers=true')
    expect(filtered.tasks.find(({ task }) => task === 'clean')?.outputs['table']).toMatchObject({ rows: 88_413 })
    expect(await firstRow('select count(*) as n from rides', warehouse)).toEqual({ n: '88413' })
    expect(existsSync(lake)).toBe(true)
  })
})
