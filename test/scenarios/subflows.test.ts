import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { testWithData, sharedFile } from '#test/fixtures/shared-data.ts'
import { firstRow } from './duckdb-rows.ts'
import { isLinux, leftOver } from './left-over.ts'
import { flowRunsOf, resultOf, starterFlow, statesOf, taskOf } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

const objectsOf = ({ home }: Workspace) => readdirSync(path.join(home, 'lake/data/green')).toSorted()
const inWarehouse = ({ home }: Workspace, sql: string) => firstRow(sql, path.join(home, 'warehouse.duckdb'))

testWithData('the months starter runs green-taxi for each file, as subflows of its own', async () => {
  const space = workspace()
  const sources = ['green_tripdata_2020-11.csv.gz', 'green_tripdata_2021-01.csv.gz'].map(sharedFile)
  const result = await space.run(starterFlow('months.yaml'), '-p', `sources=${JSON.stringify(sources)}`)
  expect(statesOf(result)).toEqual({
    month: 'Completed',
    'month[0]': 'Completed',
    'month[1]': 'Completed',
    report: 'Completed',
  })
  const inspected = await space.inspect(result.flow_run.id)
  expect(inspected.subflow_runs.map(({ flow, state }) => `${flow} ${state.name}`)).toEqual([
    'green-taxi Completed',
    'green-taxi Completed',
  ])
  expect(objectsOf(space)).toEqual(['green_tripdata_2020-11.parquet', 'green_tripdata_2021-01.parquet'])
  const sql = `select (select count(*) from green_tripdata_2020_11) as november,
    (select count(*) from green_tripdata_2021_01) as january`
  expect(await inWarehouse(space, sql)).toEqual({ november: '88413', january: '76371' })
})

test('each month of the months starter keeps its rows, also when another one runs later', async () => {
  const space = workspace()
  const sample = starterFlow('../samples/green_tripdata_2020-11.csv.gz')
  const lines = gunzipSync(readFileSync(sample)).toString().split('\n')
  const small = space.write('small.v2.csv.gz', gzipSync(`${lines.slice(0, 1001).join('\n')}\n`))
  const run = (...sources: string[]) => {
    const parameters = ['-p', `sources=${JSON.stringify(sources)}`, '-p', 'drop_zero_passengers=false']
    return space.run(starterFlow('months.yaml'), ...parameters)
  }
  for (const sources of [[sample, small], [small]]) {
    expect((await run(...sources)).state.name).toBe('Completed')
    expect(objectsOf(space)).toEqual(['green_tripdata_2020-11.parquet', 'small.v2.parquet'])
    const rows = (file: string) => `(select count(*) from '${path.join(space.home, 'lake/data/green', file)}')`
    const sql = `select (select count(*) from green_tripdata_2020_11) as month, (select count(*) from small_v2) as small,
      ${rows('green_tripdata_2020-11.parquet')} as month_file, ${rows('small.v2.parquet')} as small_file`
    const [month, few] = ['88605', '1000']
    expect(await inWarehouse(space, sql)).toEqual({ month, small: few, month_file: month, small_file: few })
  }
})

test('a parent cancelled by Ctrl-C cancels its subflows and leaves no process', async () => {
  const space = workspace()
  space.flow(
    'child',
    `tasks:\n  stuck: { type: script.shell, with: { script: "echo stuck; ${gate(space, 'never').wait}" } }\n`,
  )
  const parent = space.flow(
    'parent',
    `tasks:
  run: { type: flow.run, for_each: [1, 2], with: { flow: child.yaml } }
  after: { type: log.message, after: [run], with: { message: x } }
`,
  )
  const running = space.start(['run', parent, '--json'])
  await running.saw(/stuck"[^]*stuck"/)
  running.signal('SIGINT')
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(130)
  expect(statesOf(resultOf(ended))).toEqual({
    run: 'Cancelled',
    'run[0]': 'Cancelled',
    'run[1]': 'Cancelled',
    after: 'Cancelled',
  })
  expect((await space.flowRuns()).map(({ flow, state }) => `${flow} ${state.name}`).toSorted()).toEqual([
    'child Cancelled',
    'child Cancelled',
    'parent Cancelled',
  ])
  if (isLinux) expect(leftOver(space.home)).toEqual([])
})

test('a paused parent pauses its subflow; after the engine died a resume goes on with both and repeats nothing', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'first')
  space.flow(
    'child',
    `tasks:
  first: { type: script.shell, with: { script: "echo first >> '${space.path('counted')}'; echo under way; ${wait}" } }
  next: { type: script.shell, after: [first], with: { script: "echo next >> '${space.path('counted')}'" } }
`,
  )
  const parent = space.flow('parent', `tasks:\n  run: { type: flow.run, with: { flow: child.yaml } }\n`)
  const running = space.start(['run', parent, '--json'])
  await running.saw('under way')
  const idOf = async (flow: string) => (await space.flowRuns('--flow', flow))[0]?.id ?? ''
  expect(await space.millrace(['flow-run', 'pause', await idOf('parent')])).toMatchObject({ exitCode: 0 })
  open()
  const child = async () => space.inspect(await idOf('child'))
  await expect.poll(async () => statesOf(await child())['first'], { timeout: 20_000 }).toBe('Completed')
  const paused = await child()
  expect(paused.state.name).toBe('Paused')
  expect(taskOf(paused, 'next').waiting).toBe('The flow run is paused.')

  running.signal('SIGKILL')
  await running.ended
  const resumed = await space.millrace(['flow-run', 'resume', await idOf('parent'), '--json'])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect((await child()).state.name).toBe('Completed')
  expect(space.read('counted')).toBe('first\nnext\n')
})

test('a flow that runs itself ends at the limit of depth, and says so', async () => {
  const space = workspace()
  const flow = space.flow('itself', `tasks:\n  again: { type: flow.run, with: { flow: itself.yaml } }\n`)
  const ended = await space.millrace(['run', flow, '--json'])
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout).toContain('at most 10 are allowed. Does a flow run itself?')
  expect(await space.flowRuns('--limit', '50')).toHaveLength(11)
})

test('a resumed parent resumes its subflow, which repeats nothing that was completed', async () => {
  const space = workspace()
  const counted = space.path('counted')
  const fixed = space.path('fixed')
  space.flow(
    'child',
    `tasks:
  once: { type: script.shell, with: { script: "echo once >> '${counted}'" } }
  fixed: { type: script.shell, after: [once], with: { script: "test -e '${fixed}'" } }
`,
  )
  const parent = space.flow(
    'parent',
    `tasks:
  run: { type: flow.run, with: { flow: child.yaml } }
  after: { type: log.message, after: [run], with: { message: "the child is done" } }
`,
  )
  const failed = await space.millrace(['run', parent, '--json'])
  expect(failed.exitCode).toBe(1)
  const { id } = resultOf(failed).flow_run
  expect(taskOf(resultOf(failed), 'run').state.message).toMatch(/^The subflow “child\.yaml” ended as Failed: /)
  space.write('fixed', '')
  const resumed = await space.millrace(['flow-run', 'resume', id, '--json'])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect(statesOf(resultOf(resumed))).toEqual({ run: 'Completed', after: 'Completed' })
  expect(space.read('counted')).toBe('once\n')
  expect((await space.inspect(id)).subflow_runs).toMatchObject([{ state: { name: 'Completed' }, run_count: 2 }])
  expect(resumed.stdout).toContain('the child is done')
})

test('a mapped task has one run per item, so many at once, fails after all have ended, and resumes only what failed', async () => {
  const space = workspace()
  const counted = space.path('counted')
  const flow = space.flow(
    'mapped',
    `tasks:
  each:
    type: script.shell
    for_each: [a, b, c, d]
    as: letter
    concurrency: 2
    with:
      script: |
        mkdir '${space.folder}/running-{{ letter | raw }}'
        ls -d '${space.folder}'/running-* | wc -l >> '${space.path('at-once')}'
        echo {{ letter }} >> '${counted}'
        rmdir '${space.folder}/running-{{ letter | raw }}'
        test {{ letter }} != b -o -e '${space.path('fixed')}'
        printf '%s\\n' {{ letter }} > "$MILLRACE_OUTPUTS/{{ letter | raw }}.txt"
  own:
    type: script.shell
    for_each: each
    inputs: { files: each.file }
    with: { script: 'printf "%s " "item $(cat "$MILLRACE_INPUT_FILES")"' }
  all:
    type: script.shell
    inputs: { files: each.file }
    with: { script: 'cat $MILLRACE_INPUT_FILES | tr -d "\\n"; echo' }
  none: { type: log.message, for_each: [], with: { message: x } }
`,
  )
  const failed = await space.millrace(['run', flow, '--json'])
  expect(failed.exitCode).toBe(1)
  const first = resultOf(failed)
  expect(Object.keys(statesOf(first)).slice(0, 5)).toEqual(['each', 'each[0]', 'each[1]', 'each[2]', 'each[3]'])
  expect(statesOf(first)).toMatchObject({
    each: 'Failed',
    'each[0]': 'Completed',
    'each[1]': 'Failed',
    'each[2]': 'Completed',
    'each[3]': 'Completed',
    all: 'Skipped',
    none: 'Completed',
  })
  expect(taskOf(first, 'each').state.message).toBe('1 of 4 items failed.')
  expect(taskOf(first, 'each').duration_ms).toBeGreaterThanOrEqual(taskOf(first, 'each', 0).duration_ms)
  expect(Math.max(...space.read('at-once').trim().split('\n').map(Number))).toBeLessThanOrEqual(2)

  space.write('fixed', '')
  const resumed = await space.millrace(['flow-run', 'resume', first.flow_run.id, '--json'])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect(space.read('counted').trim().split('\n').toSorted()).toEqual(['a', 'b', 'b', 'c', 'd'])
  const texts = (await space.millrace(['flow-run', 'logs', first.flow_run.id])).stdout
  expect(texts).toMatch(/Task run 'all-0' - abcd$/m)
  for (const [index, letter] of ['a', 'b', 'c', 'd'].entries())
    expect(texts).toMatch(new RegExp(`Task run 'own-${index}' - item ${letter}`))
  expect(flowRunsOf(await space.millrace(['flow-run', 'ls', '--json']))).toHaveLength(1)
})
