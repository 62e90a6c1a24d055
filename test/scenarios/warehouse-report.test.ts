import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstRow } from './duckdb-rows.ts'
import { millrace, resultOf, starterFlow, statesOf, type Result } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

const flow = starterFlow('warehouse-report.yaml')

const boroughs = [
  ['Manhattan', 34_101],
  ['Brooklyn', 23_777],
  ['Queens', 18_095],
  ['Bronx', 12_253],
  ['Unknown', 302],
  ['Staten Island', 75],
  ['EWR', 2],
] as const

describe('the warehouse-report starter', () => {
  const home = temporaryFolder()
  afterAll(() => home.remove())
  const warehouse = path.join(home.path, 'warehouse.duckdb')
  const report = path.join(home.path, 'lake/report/boroughs_2020-11.csv')

  const run = async (...args: string[]): Promise<Result> => {
    const ended = await millrace(['run', flow, '--json', ...args], { home: home.path })
    expect(ended.exitCode, ended.stderr).toBe(0)
    return resultOf(ended)
  }
  const lines = () => readFileSync(report, 'utf8').trimEnd().split('\n')

  let first: Result
  beforeAll(async () => {
    first = await run()
  })

  test('ends Completed, and says what each statement did', () => {
    expect(first.state).toMatchObject({ type: 'COMPLETED', name: 'Completed' })
    const transform = first.tasks.find(({ task }) => task === 'transform')
    expect(transform?.outputs['statements']).toEqual([
      { command: 'CREATE', rows: null },
      { command: 'CREATE', rows: null },
      { command: 'DELETE', rows: 0 },
    ])
    const query = first.tasks.find(({ task }) => task === 'report')
    expect(query?.outputs['table']).toMatchObject({ rows: 7 })
  })

  test('leaves the seven boroughs with their rides in the lake, the largest first', () => {
    const [header, ...rows] = lines().map((line) => line.split(','))
    expect(header).toEqual(['borough', 'rides', 'total_amount'])
    expect(rows.map(([borough, rides]) => [borough, Number(rides)])).toEqual(boroughs)
  })

  test('has every ride, zone and cent in the warehouse', async () => {
    const sql = `select (select count(*) from raw.rides) as rides, (select count(*) from raw.zones) as zones,
      (select count(*) from raw.zones where "Zone" = 'NA' or "Borough" = 'N/A' or "Zone" = 'N/A') > 0 as texts,
      (select sum(total_amount) from report.boroughs) as total`
    expect(await firstRow(sql, warehouse)).toEqual({ rides: '88605', zones: '265', texts: 'true', total: '2062623.15' })
  })

  test('makes the same report again, with zones merged and not doubled', async () => {
    const again = await run()
    expect(statesOf(again)).toMatchObject({ extract_rides: 'Cached', load_zones: 'Completed', transform: 'Completed' })
    const zones = again.tasks.find(({ task }) => task === 'load_zones')
    expect(zones?.outputs).toMatchObject({ inserted: 0, updated: 265 })
    expect(await firstRow('select count(*) as n from raw.zones', warehouse)).toEqual({ n: '265' })
  })

  test('leaves out small boroughs when asked', async () => {
    await run('-p', 'least_rides=1000')
    expect(
      lines()
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(['Manhattan', 'Brooklyn', 'Queens', 'Bronx'])
  })
})
