import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { packageFolder } from '#core/places.ts'
import { jsonLines, millrace, resultOf } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

const home = temporaryFolder()
afterAll(() => home.remove())
const mistakes = path.join(packageFolder, 'test/fixtures/twelve-mistakes.yaml')

test('a flow with 12 mistakes prints 12 problems with line and column, ends with 2, and starts nothing', async () => {
  const ended = await millrace(['run', mistakes], { home: home.path })
  const problems = ended.stderr.split('\n').filter((line) => /twelve-mistakes\.yaml:\d+:\d+ error /.test(line))
  expect(problems).toHaveLength(12)
  expect(ended.exitCode).toBe(2)
  const runs = await millrace(['flow-run', 'ls', '--json'], { home: home.path })
  expect(jsonLines(runs.stdout)).toEqual([])
})

test('wrong use ends with 2, what does not exist with 3, and a near miss is named', async () => {
  const verb = await millrace(['flow-rum', 'ls'], { home: home.path })
  expect(verb).toMatchObject({ exitCode: 2 })
  expect(verb.stderr).toContain('Did you mean flow-run?')
  expect(await millrace(['run', 'no-such-flow.yaml'], { home: home.path })).toMatchObject({ exitCode: 3 })
  expect(await millrace(['flow-run', 'inspect', 'quiet-heron'], { home: home.path })).toMatchObject({ exitCode: 3 })
})

test('a run that has ended cannot be paused, cancelled or resumed: its state is told, with 2', async () => {
  const flow = path.join(packageFolder, 'resources/flows/warehouse-report.yaml')
  const { flow_run: run } = resultOf(await millrace(['run', flow, '--json'], { home: home.path }))
  for (const request of ['pause', 'cancel', 'resume']) {
    const ended = await millrace(['flow-run', request, run.name], { home: home.path })
    expect(ended).toMatchObject({ exitCode: 2 })
    expect(ended.stderr).toContain(`Flow run ${run.id} is Completed: “${request}” does not apply.`)
  }
  expect(await millrace(['flow-run', 'pause', 'no-such-run'], { home: home.path })).toMatchObject({ exitCode: 3 })
})

test('bad parameters are all named before anything starts', async () => {
  const flow = path.join(packageFolder, 'resources/flows/months.yaml')
  const ended = await millrace(['run', flow, '-p', 'sources=[]', '-p', 'drop_zero_pasengers=1'], { home: home.path })
  expect(ended.exitCode).toBe(2)
  expect(ended.stderr).toContain('sources')
  expect(ended.stderr).toContain('drop_zero_passengers')
})
