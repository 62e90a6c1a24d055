import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { testWithData, sharedFile } from '#test/fixtures/shared-data.ts'
import { firstRow } from './duckdb-rows.ts'
import { isLinux, leftOver } from './left-over.ts'
import { flowRunsOf, resultOf, starterFlow, statesOf, taskOf } from './millrace.ts'
import { gate, workspace } from './workspace.ts'

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
  const lake = path.join(space.home, 'lake/data/green')
  expect(existsSync(lake)).toBe(true)
  const loaded = await firstRow('select count(*) as n from rides', path.join(space.home, 'warehouse.duckdb'))
  expect(['88413', '76371']).toContain(loaded['n'])
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
