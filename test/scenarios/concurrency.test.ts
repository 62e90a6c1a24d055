import { expect, test } from 'vitest'
import { connectEngine } from '#core/connect-engine.ts'
import { statesOf, resultOf, taskOf, type Command } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

const tagged = (space: Workspace, name: string, wait: string): string =>
  space.flow(
    name,
    `tasks:\n  use: { type: script.shell, tags: [database], with: { script: "echo in use by ${name}; ${wait}" } }\n`,
  )

const runId = async (space: Workspace, flow: string): Promise<string> => {
  const [run] = await space.flowRuns('--flow', flow)
  return run?.id ?? ''
}

test('a tag limit holds across flow runs: who waits says on whom, and is handed the slot when it is free', async () => {
  const space = workspace()
  expect(await space.millrace(['concurrency-limit', 'create', 'database', '1'])).toMatchObject({ exitCode: 0 })
  const [one, two] = [gate(space, 'one'), gate(space, 'two')]
  const first = space.start(['run', tagged(space, 'one', one.wait), '--json'])
  await first.saw('in use by one')
  const second = space.start(['run', tagged(space, 'two', two.wait), '--json'])
  await second.saw('"name":"Pending"')
  const id = await runId(space, 'two')
  const waiting = taskOf(await space.inspect(id), 'use')
  expect(waiting.state.name).toBe('Pending')
  expect(waiting.waiting).toMatch(/^Waits for the concurrency limit on tag “database” \(in use by use of \w+-\w+\)\.$/)
  const shown = await space.millrace(['concurrency-limit', 'inspect', 'database'])
  expect(JSON.parse(shown.stdout)).toMatchObject({
    tag: 'database',
    limit: 1,
    holders: [`${await runId(space, 'one')}/use`],
    waiters: [`${id}/use`],
  })
  one.open()
  await second.saw('in use by two')
  two.open()
  for (const command of [first, second]) expect(await command.ended).toMatchObject({ exitCode: 0 })
})

test('of a mapped task the items hold slots and wait for them; what waits for other tasks does not', async () => {
  const space = workspace()
  await space.millrace(['concurrency-limit', 'create', 'database', '1'])
  const { wait, open } = gate(space, 'open')
  const flow = space.flow(
    'mapped',
    `tasks:
  each: { type: script.shell, for_each: [1, 2], tags: [database], with: { script: "echo in use; ${wait}" } }
  after: { type: script.shell, after: [each], tags: [database], with: { script: "true" } }
`,
  )
  const running = space.start(['run', flow, '--json'])
  await running.saw('in use"')
  const id = await runId(space, 'mapped')
  const shown = await space.millrace(['concurrency-limit', 'inspect', 'database'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ holders: [`${id}/each[0]`], waiters: [`${id}/each[1]`] })
  open()
  expect(await running.ended).toMatchObject({ exitCode: 0 })
})

test('a limit of 0 fails clearly; raised while a task waits, it lets it run', async () => {
  const space = workspace()
  await space.millrace(['concurrency-limit', 'create', 'database', '0'])
  const refused = await space.millrace(['run', tagged(space, 'none', 'true'), '--json'])
  expect(refused.exitCode).toBe(1)
  expect(taskOf(resultOf(refused), 'use').state).toMatchObject({
    name: 'Failed',
    message:
      'The concurrency limit on tag “database” is 0 and would never let it run. Raise or delete the limit, or take the tag off the task.',
  })

  await space.millrace(['concurrency-limit', 'create', 'database', '1'])
  const { wait, open } = gate(space, 'one')
  const first = space.start(['run', tagged(space, 'one', wait), '--json'])
  await first.saw('in use by one')
  const second = space.start(['run', tagged(space, 'two', wait), '--json'])
  await second.saw('"name":"Pending"')
  await space.millrace(['concurrency-limit', 'create', 'database', '2'])
  await second.saw('in use by two')
  open()
  for (const command of [first, second]) expect(await command.ended).toMatchObject({ exitCode: 0 })
  expect((await space.millrace(['concurrency-limit', 'ls', '--json'])).stdout).toBe(
    '{"tag":"database","limit":2,"holders":[],"waiters":[]}\n',
  )
  await space.millrace(['concurrency-limit', 'delete', 'database'])
  expect(await space.millrace(['concurrency-limit', 'inspect', 'database'])).toMatchObject({ exitCode: 3 })
})

test('a subflow shares a limit of 1 with its parent: the parent holds no slot while it waits for the subflow', async () => {
  const space = workspace()
  await space.millrace(['concurrency-limit', 'create', 'etl', '1'])
  const { wait, open } = gate(space, 'child')
  space.flow(
    'child',
    `tasks:
  first: { type: script.shell, tags: [etl], with: { script: "echo in the child; ${wait}" } }
  second: { type: script.shell, tags: [etl], after: [first], with: { script: "true" } }
`,
  )
  const parent = space.flow(
    'parent',
    `tasks:
  sub: { type: flow.run, tags: [etl], with: { flow: child.yaml } }
  own: { type: script.shell, tags: [etl], after: [sub], with: { script: "true" } }
`,
  )
  const running = space.start(['run', parent, '--json'])
  await running.saw('in the child')
  const shown = await space.millrace(['concurrency-limit', 'inspect', 'etl'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ holders: [`${await runId(space, 'child')}/first`], waiters: [] })
  open()
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(statesOf(resultOf(ended))).toEqual({ sub: 'Completed', own: 'Completed' })
})

test('a flow has as many task runs at once as its concurrency says', async () => {
  const space = workspace()
  const flow = space.flow(
    'narrow',
    `concurrency: 1
tasks:
  each:
    type: script.shell
    for_each: [1, 2, 3]
    with: { script: "mkdir '${space.folder}/alone'; rmdir '${space.folder}/alone'" }
  other: { type: script.shell, with: { script: "mkdir '${space.folder}/alone'; rmdir '${space.folder}/alone'" } }
`,
  )
  expect((await space.run(flow)).state.name).toBe('Completed')
})

const held = `tasks:
  first: { type: script.shell, with: { script: "GATE" } }
  held: { type: log.message, after: [first], with: { message: held } }
  free: { type: log.message, after: [first], with: { message: free } }
`

test('one task is held and released while the others go on', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'first')
  const flow = space.flow('held', held.replace('GATE', `echo at the gate; ${wait}`))
  const running: Command = space.start(['run', flow, '--json'])
  await running.saw('at the gate')
  const { client, close } = await connectEngine(space.home)
  const flowRun = await runId(space, 'held')
  await client.runs.hold({ flowRun, task: 'held' })
  open()
  await running.saw(/"task":"free".*"name":"Completed"/)
  expect(taskOf(await space.inspect(flowRun), 'held')).toMatchObject({
    state: { name: 'Pending' },
    waiting: 'Held; it goes on when released.',
  })
  await client.runs.release({ flowRun, task: 'held' })
  await close()
  const ended = await running.ended
  expect(ended.exitCode).toBe(0)
  expect(statesOf(resultOf(ended))).toEqual({ first: 'Completed', held: 'Completed', free: 'Completed' })
})

test('one task is cancelled while the others go on', async () => {
  const space = workspace()
  const flow = space.flow(
    'partly',
    `tasks:
  stuck: { type: script.shell, with: { script: "echo is stuck; ${gate(space, 'never').wait}" } }
  after: { type: log.message, after: [stuck], with: { message: x } }
  free: { type: log.message, after: [stuck], run_if: all_done, with: { message: x } }
`,
  )
  const running = space.start(['run', flow, '--json'])
  await running.saw('is stuck')
  const { client, close } = await connectEngine(space.home)
  await client.runs.cancelTask({ flowRun: await runId(space, 'partly'), task: 'stuck' })
  await close()
  const result = resultOf(await running.ended)
  expect(statesOf(result)).toEqual({ stuck: 'Cancelled', after: 'Skipped', free: 'Completed' })
})
