import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { packageFolder } from '#core/places.ts'
import { version } from '#core/version.ts'
import { isLinux, leftOver } from './left-over.ts'
import { bundle, flowRunsOf, resultOf, statesOf, type Command } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

/** Its first task counts how often it ran, its second waits at a gate. */
const counting = (space: Workspace, name: string, wait: string): string =>
  space.flow(
    name,
    `tasks:
  first: { type: script.shell, with: { script: "echo once >> '${space.path(`${name}.counted`)}'" } }
  stuck:
    type: script.shell
    after: [first]
    with:
      script: |
        echo waiting at the gate
        ${wait}
  last: { type: log.message, after: [stuck], with: { message: all done } }
`,
  )

const begin = async (space: Workspace, name: string, wait: string): Promise<Command> => {
  const command = space.start(['run', counting(space, name, wait), '--json'])
  await command.saw('waiting at the gate')
  return command
}

const owner = (space: Workspace): number =>
  z.object({ pid: z.number() }).parse(JSON.parse(space.read('home/engine.json'))).pid

test('a second command runs in the engine of the first, which stays until what the second started has ended', async () => {
  const space = workspace()
  const [one, two] = [gate(space, 'one'), gate(space, 'two')]
  const first = await begin(space, 'one', one.wait)
  const second = await begin(space, 'two', two.wait)
  expect((await space.flowRuns()).map(({ flow, state }) => `${flow} ${state.name}`)).toEqual([
    'two Running',
    'one Running',
  ])
  expect(owner(space)).toBe(first.pid)

  one.open()
  await first.saw('Waiting for what other commands started here')
  expect((await space.flowRuns('--state', 'running')).map(({ flow }) => flow)).toEqual(['two'])
  two.open()
  expect(await second.ended).toMatchObject({ exitCode: 0 })
  const ended = await first.ended
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(resultOf(ended)).toMatchObject({ flow_run: { flow: 'one' }, state: { name: 'Completed' } })
  expect(existsSync(path.join(space.home, 'engine.json'))).toBe(false)
})

test('a client sends the folder it was called in, and never its environment', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'one')
  const first = await begin(space, 'one', wait)
  space.write('elsewhere/said.txt', 'the file beside the flow')
  space.write(
    'elsewhere/flow.yaml',
    `millrace: 1
name: elsewhere
tasks:
  fetch: { type: http.download, with: { url: said.txt } }
  say:
    type: script.shell
    inputs: { files: fetch.file }
    with: { script: 'cat "$MILLRACE_INPUT_FILES"; echo; echo "mine: \${MINE-not sent}"' }
`,
  )
  const second = await space.millrace(['run', 'flow.yaml'], { cwd: space.path('elsewhere'), env: { MINE: 'private' } })
  expect(second.exitCode, second.stderr).toBe(0)
  expect(second.stderr).toContain('the file beside the flow')
  expect(second.stderr).toContain('mine: not sent')
  open()
  expect(await first.ended).toMatchObject({ exitCode: 0 })
})

test('a run is cancelled, paused, resumed and followed from another process', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'one')
  const first = await begin(space, 'one', wait)
  const [run] = await space.flowRuns()
  const id = run?.id ?? ''
  const follower = space.start(['flow-run', 'logs', id, '-f'])
  await follower.saw('waiting at the gate')

  const paused = await space.millrace(['flow-run', 'pause', id, '--json'])
  expect(flowRunsOf(paused)).toMatchObject([{ state: { type: 'PAUSED', name: 'Paused' } }])
  open()
  await first.saw(/"task":"stuck".*"state":\{"type":"COMPLETED"/)
  const inspected = await space.inspect(id)
  expect(inspected.task_runs.find(({ task }) => task === 'last')).toMatchObject({
    state: { name: 'Pending' },
    waiting: 'The flow run is paused.',
  })
  const resumed = await space.millrace(['flow-run', 'resume', id, '--json'])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect((await first.ended).exitCode).toBe(0)
  const followed = await follower.ended
  expect(followed.exitCode).toBe(0)
  expect(followed.stdout).toContain('all done')
  expect(space.read('one.counted')).toBe('once\n')

  const second = await begin(space, 'two', gate(space, 'never').wait)
  const [other] = await space.flowRuns()
  const cancelled = await space.millrace(['flow-run', 'cancel', other?.id ?? ''])
  expect(cancelled.exitCode, cancelled.stderr).toBe(0)
  expect((await second.ended).exitCode).toBe(130)
})

test('an engine killed by SIGKILL leaves the home free and its run Crashed; resume finishes without repeating', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'one')
  const engine = await begin(space, 'one', wait)
  const client = space.start(['run', counting(space, 'two', gate(space, 'never').wait), '--json'])
  await client.saw('waiting at the gate')
  engine.signal('SIGKILL')
  await engine.ended

  const left = await client.ended
  expect(left.exitCode).toBe(1)
  expect(left.stderr).toContain('The engine that held this home, in another process, has gone.')
  expect(left.stderr).not.toMatch(/\n\s+at /)

  const runs = await space.flowRuns()
  expect(runs.map(({ flow, state }) => `${flow} ${state.name}`)).toEqual(['two Crashed', 'one Crashed'])
  const id = runs[1]?.id ?? ''
  const crashed = await space.inspect(id)
  expect(statesOf(crashed)).toEqual({ first: 'Completed', stuck: 'Crashed', last: 'Skipped' })
  open()
  const resumed = await space.millrace(['flow-run', 'resume', id, '--json'])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  const result = resultOf(resumed)
  expect(result.flow_run.id).toBe(id)
  expect(statesOf(result)).toEqual({ first: 'Completed', stuck: 'Completed', last: 'Completed' })
  expect(space.read('one.counted')).toBe('once\n')
})

test.runIf(isLinux)(
  'an engine that hangs is ended by the next command once it gave no sign for 10 s, with all it had started',
  async () => {
    const space = workspace()
    const engine = await begin(space, 'one', gate(space, 'never').wait)
    engine.signal('SIGSTOP')
    const next = await space.millrace(['flow-run', 'ls', '--json'])
    expect(next.exitCode, next.stderr).toBe(0)
    expect(next.stderr).toContain('The engine that holds this home hangs; taking the home over …')
    expect(flowRunsOf(next)).toMatchObject([{ flow: 'one', state: { name: 'Crashed' } }])
    expect((await engine.ended).exitCode).toBe(null)
    expect(leftOver(space.home)).toEqual([])
  },
)

/** The same program under another version number. */
const otherVersion = (space: Workspace, other: string): string => {
  const folder = space.path('other')
  mkdirSync(folder)
  for (const name of ['node_modules', 'resources']) symlinkSync(path.join(packageFolder, name), path.join(folder, name))
  cpSync(path.dirname(bundle), path.join(folder, 'dist'), {
    recursive: true,
    filter: (file) => !file.includes('compile-cache'),
  })
  for (const name of readdirSync(path.join(folder, 'dist')).filter((one) => one.endsWith('.mjs'))) {
    const file = path.join(folder, 'dist', name)
    const text = readFileSync(file, 'utf8')
    if (text.includes('name: "millrace"')) writeFileSync(file, text.replaceAll(`"${version}"`, `"${other}"`))
  }
  return path.join(folder, 'dist/millrace.mjs')
}

test('a command of another version does not become a client; it says which version holds the home', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'one')
  const first = await begin(space, 'one', wait)
  const program = otherVersion(space, '99.1.0')
  expect((await space.millrace(['version'], { program })).stdout).toBe('99.1.0\n')
  const refused = await space.millrace(['flow-run', 'ls'], { program })
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain(`Millrace ${version} holds this home and this is 99.1.0`)
  open()
  expect(await first.ended).toMatchObject({ exitCode: 0 })
})
