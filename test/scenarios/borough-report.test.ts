import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { millrace, resultOf, starterFlow, statesOf, taskOf, type Result } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

describe('the borough-report starter', () => {
  const home = temporaryFolder()
  afterAll(() => home.remove())
  const report = path.join(home.path, 'lake/reports/green/boroughs.csv')

  let result: Result
  let log: string
  beforeAll(async () => {
    const ended = await millrace(['run', starterFlow('borough-report.yaml'), '--json'], { home: home.path })
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
    result = resultOf(ended)
    log = ended.stdout
  })

  test('ends Completed, with the rows of each step', () => {
    expect(new Set(Object.values(statesOf(result)))).toEqual(new Set(['Completed']))
    const rows = ['trips', 'boroughs', 'joined', 'report'].map((task) => taskOf(result, task).outputs['table'])
    expect(rows).toMatchObject([{ rows: 88_605 }, { rows: 265 }, { rows: 88_605 }, { rows: 7 }])
  })

  test('leaves a CSV in the lake with the seven boroughs, the most rides first', () => {
    const [header, ...lines] = readFileSync(report, 'utf8').trimEnd().split('\n')
    expect(header).toBe('Borough,rides,total,median_distance')
    expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual([
      ['Manhattan', '34101'],
      ['Brooklyn', '23777'],
      ['Queens', '18095'],
      ['Bronx', '12253'],
      ['Unknown', '302'],
      ['Staten Island', '75'],
      ['EWR', '2'],
    ])
    const total = lines.reduce((sum, line) => sum + Math.round(Number(line.split(',')[2]) * 100), 0)
    expect(total).toBe(206_262_315)
  })

  test('says how the rides and the zones matched', () => {
    expect(log).toMatch(/Left: 88,605 rows, 88,605 matched, 0 not\. Right: 265 rows, \d+ matched, \d+ not\./)
  })
})
