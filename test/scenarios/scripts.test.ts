import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { testWithPython } from '#test/fixtures/python.ts'
import { isLinux, leftOver } from './left-over.ts'
import { resultOf, starterFlow, statesOf, taskOf } from './millrace.ts'
import { workspace } from './workspace.ts'

const starter = starterFlow('scripts.yaml')

testWithPython('the starter flow hands a file from shell to Python, and a value from there to Node', async () => {
  const space = workspace()
  const result = await space.run(starter, '-p', 'rides=40')
  expect(statesOf(result)).toEqual({ make: 'Completed', count: 'Completed', report: 'Completed', say: 'Completed' })
  const miles = taskOf(result, 'count').outputs['value']
  expect(miles).toMatchObject({ Bronx: 120, Brooklyn: 110, Manhattan: 100, Queens: 90 })
  const report = path.join(space.home, 'runs', result.flow_run.id, 'results/report/outputs/report.md')
  expect(readFileSync(report, 'utf8')).toContain('| Queens | 90 |')
  const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id, '--task', 'say'])
  expect(stdout).toContain('4 boroughs are in report.md.')
})

testWithPython('cancelled in the middle it leaves no process, in whichever language', async () => {
  for (const moment of ['making', 'counting']) {
    const space = workspace()
    const running = space.start(['run', starter, '-p', 'pause=2'])
    await running.saw(` - ${moment}`)
    const asked = Date.now()
    running.signal('SIGINT')
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(130)
    expect(Date.now() - asked).toBeLessThan(5000)
    if (isLinux) expect(leftOver(space.home)).toEqual([])
  }
})

testWithPython('a mistake in a script is shown with its line, in the table at the end', async () => {
  const space = workspace()
  space.write('broken.py', 'rides = {}\n\nprint(rides["Bronx"])\n')
  const flow = space.flow(
    'broken',
    `tasks:
  python: { type: script.python, with: { file: broken.py } }
  node: { type: script.node, with: { script: "const rides = {}\\nconsole.log(rides.Bronx.miles)" } }
`,
  )
  const { stdout, exitCode } = await space.millrace(['run', flow])
  expect(exitCode).toBe(1)
  expect(stdout).toContain("KeyError: 'Bronx' (line 3 of the script)")
  expect(stdout).toContain('(line 2 of the script)')
})

test('an expression in code is pointed out and stays as it is; braces of the language are nobody’s business', async () => {
  const space = workspace()
  const flow = space.flow(
    'code',
    `parameters: { color: { type: string, default: green } }
tasks:
  ask: { type: script.node, with: { script: "console.log('{{ color }}', ({ a: { b: 1 }}).a.b, '{{ x }}')" } }
`,
  )
  const validated = await space.millrace(['flow', 'validate', flow])
  expect(validated.exitCode).toBe(0)
  const told = (validated.stdout + validated.stderr).match(/expression-in-code.*/g)
  expect(told).toEqual([
    expect.stringContaining('Expressions are not evaluated in code: “{{ color }}” reaches it as it is.'),
  ])
  expect((await space.millrace(['run', flow])).stderr).toContain('{{ color }} 1 {{ x }}')
})

testWithPython('a script is cached by the text of its file', async () => {
  const space = workspace()
  space.write('mill.py', 'print(1)\n')
  const flow = space.flow(
    'cached',
    'tasks:\n  mill: { type: script.python, with: { file: mill.py }, cache: { key: inputs } }\n',
  )
  const run = async () => taskOf(resultOf(await space.millrace(['run', flow, '--json'])), 'mill')
  expect((await run()).state.name).toBe('Completed')
  expect((await run()).state.name).toBe('Cached')
  space.write('mill.py', 'print(2)\n')
  expect(await run()).toMatchObject({ state: { name: 'Completed' }, outputs: { value: 2 } })
})
