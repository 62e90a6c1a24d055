import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageFolder } from '#core/places.ts'
import { jsonLines, resultOf, taskOf } from './millrace.ts'
import { gate, openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(() => space.remove())

const good = space.flow(
  'good',
  `parameters:
  name: { type: string, default: miller }
tasks:
  say: { type: log.message, with: { message: "hello {{ name }}" } }
`,
)
const bad = space.flow('bad', 'tasks:\n  fail: { type: script.shell, with: { script: "echo oh no >&2; exit 7" } }\n')

test('the exit code says how it ended: 0, 1, 2, 3', async () => {
  const codes = async (...commands: string[][]) =>
    Promise.all(commands.map(async (args) => (await space.millrace(args)).exitCode))
  expect(await codes(['run', good], ['version'], ['--help'], ['flow-run', 'ls'])).toEqual([0, 0, 0, 0])
  expect(await codes(['run', bad])).toEqual([1])
  expect(
    await codes(['run'], ['run', good, '--lod'], ['rum'], [], ['run', good, '-p', 'nme=x'], ['config', 'set', 'x']),
  ).toEqual([2, 2, 2, 2, 2, 2])
  expect(
    await codes(
      ['run', 'none.yaml'],
      ['run', 'none'],
      ['flow-run', 'resume', 'quiet-heron'],
      ['block', 'inspect', 'duckdb/none'],
    ),
  ).toEqual([3, 3, 3, 3])
})

test('every line of --json is JSON, whatever happens', async () => {
  for (const args of [
    ['run', good],
    ['run', bad],
    ['run', path.join(packageFolder, 'test/fixtures/twelve-mistakes.yaml')],
    ['flow-run', 'ls'],
    ['flow', 'ls'],
    ['flow', 'validate', good],
    ['block', 'ls'],
    ['block', 'type', 'ls'],
    ['block', 'test', 'duckdb/warehouse'],
    ['concurrency-limit', 'ls'],
    ['config', 'view'],
    ['secrets', 'status'],
    ['version'],
  ]) {
    const { stdout } = await space.millrace([...args, '--json'])
    for (const line of jsonLines(stdout)) expect(typeof line, args.join(' ')).toBe('object')
  }
  const failed = resultOf(await space.millrace(['run', bad, '--json']))
  expect(failed.state).toEqual({ type: 'FAILED', name: 'Failed', message: expect.any(String) as string })
  expect(taskOf(failed, 'fail').state.message).toBe('The script ended with exit code 7. Its last words: oh no')
})

test('results go to stdout and all else to stderr', async () => {
  const run = await space.millrace(['run', good])
  expect(run.stdout).toMatch(
    /^TASK +STATE.*\nsay +Completed.*\nFlow run '[a-z]+-[a-z]+' finished in state Completed\(.*\)\n$/,
  )
  expect(run.stderr).toMatch(/ \| INFO {4}\| Task run 'say-0' - hello miller\n/)
  const wrong = await space.millrace(['run', 'none.yaml'])
  expect(wrong.stdout).toBe('')
  expect(wrong.stderr).toMatch(/^Error: .*none\.yaml.*\n$/)
  const listed = await space.millrace(['flow-run', 'ls'])
  expect(listed.stderr).toBe('')
  expect(listed.stdout).toMatch(/^ID +FLOW +NAME +STATE +WHEN\n/)
})

test('relative paths mean the folder typed in: flows, parameter files, files of a flow, the home', async () => {
  space.write(
    'deep/er/flow.yaml',
    `millrace: 1
name: deep
parameters:
  words: { type: array, items: { type: string } }
  file: { type: file, default: beside.txt }
tasks:
  fetch: { type: http.download, with: { url: beside.txt } }
  say:
    type: script.shell
    inputs: { files: fetch.file }
    with: { script: 'cat "$MILLRACE_INPUT_FILES"; echo {{ words | join: "+" }}' }
`,
  )
  space.write('deep/er/beside.txt', 'the one beside\n')
  space.write('deep/words.json', '["a","b"]')
  const run = await space.millrace(['run', 'er/flow.yaml', '-p', 'words=@words.json'], { cwd: space.path('deep') })
  expect(run.exitCode, run.stderr).toBe(0)
  expect(run.stderr).toContain('the one beside')
  expect(run.stderr).toContain('a+b')
  const typed = await space.millrace(['--home', '../other', 'run', 'er/flow.yaml', '-p', 'words=[]'], {
    cwd: space.path('deep'),
  })
  expect(typed.exitCode, typed.stderr).toBe(0)
  const other = await space.millrace(['--home', space.path('other'), 'flow-run', 'ls', '--json'])
  expect(jsonLines(other.stdout)).toHaveLength(1)
})

test('parameters are parsed by their types, and all that is wrong is said at once', async () => {
  const flow = space.flow(
    'typed',
    `parameters:
  color: { type: string, enum: [green, yellow], default: green }
  months: { type: array, items: { type: integer, minimum: 1, maximum: 12 }, default: [1] }
  ratio: { type: number, default: 0.5 }
  on: { type: boolean, default: false }
  day: { type: date, default: 2021-01-31 }
  wait: { type: duration, default: 1m }
  table: { type: object, default: {} }
tasks:
  say: { type: log.message, with: { message: "{{ color }} {{ months | json }} {{ ratio }} {{ on }} {{ day }} {{ table | json }}" } }
`,
  )
  const given = ['color=yellow', 'months=[1, 12]', 'ratio=.25', 'on=yes', 'day=2020-02-29', 'wait=90s', 'table={"a":1}']
  const run = await space.millrace(['run', flow, ...given.flatMap((pair) => ['-p', pair])])
  expect(run.exitCode, run.stderr).toBe(0)
  expect(run.stderr).toContain('yellow [1,12] 0.25 true 2020-02-29 {"a":1}')
  const wrong = [
    'color=red',
    'months=[13]',
    'ratio=half',
    'on=perhaps',
    'day=2021-02-30',
    'wait=long',
    'table=3',
    'more=1',
  ]
  const refused = await space.millrace(['run', flow, ...wrong.flatMap((pair) => ['-p', pair])])
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  for (const pair of wrong) expect(refused.stderr).toMatch(new RegExp(`^ +${pair.split('=')[0]}\\b.*: `, 'm'))
})

test('settings are set, shown with where they come from, and taken back', async () => {
  expect(await space.millrace(['config', 'set', 'concurrency=3'])).toMatchObject({ exitCode: 0, stdout: '' })
  expect((await space.millrace(['config', 'view'])).stdout).toContain("concurrency='3' (from home)")
  const environment = await space.millrace(['config', 'view'], { env: { MILLRACE_CONCURRENCY: '5' } })
  expect(environment.stdout).toContain("concurrency='5' (from environment)")
  await space.millrace(['config', 'unset', 'concurrency'])
  expect((await space.millrace(['config', 'view'])).stdout).toMatch(/concurrency='\d+' \(from default\)/)
  const wrong = await space.millrace(['config', 'set', 'concurency=3'])
  expect(wrong).toMatchObject({ exitCode: 2 })
  expect(wrong.stderr).toContain('Did you mean “concurrency”?')
})

test('a run is found by its name and by the beginning of its id, and is gone when deleted', async () => {
  const { flow_run: run } = await space.run(good)
  for (const name of [run.id, run.id.slice(0, 13)])
    expect(await space.inspect(name)).toMatchObject({ id: run.id, name: run.name })
  expect(await space.millrace(['flow-run', 'delete', run.id])).toMatchObject({ exitCode: 0 })
  expect(await space.millrace(['flow-run', 'inspect', run.id])).toMatchObject({ exitCode: 3 })
  expect(await space.millrace(['flow-run', 'logs', run.id])).toMatchObject({ exitCode: 3 })
})

test('a reader that leaves early, such as head, breaks nothing: the run ends as it would, a list just ends', async () => {
  const { wait, open } = gate(space, 'talk')
  const flow = space.flow(
    'talks',
    `tasks:\n  talk: { type: script.shell, with: { script: "echo first; ${wait}; seq 1 5000" } }\n`,
  )
  const running = space.start(['run', flow, '--json'])
  await running.saw('first')
  const follower = space.start(['flow-run', 'logs', (await space.flowRuns('--flow', 'talks'))[0]?.id ?? '', '-f'])
  await follower.saw('first')
  for (const command of [running, follower]) command.leave()
  open()
  expect((await follower.ended).exitCode).toBe(0)
  expect((await running.ended).exitCode).toBe(0)
  const [run] = await space.flowRuns('--flow', 'talks')
  expect(run).toMatchObject({ state: { name: 'Completed' } })
  const listing = space.start(['flow-run', 'logs', run?.id ?? ''])
  listing.leave()
  expect((await listing.ended).exitCode).toBe(0)
})
