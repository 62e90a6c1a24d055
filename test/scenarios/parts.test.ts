import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { connectEngine } from '#core/connect-engine.ts'
import { resultOf, statesOf, taskOf } from './millrace.ts'
import { gate, openWorkspace, workspace, type Workspace } from './workspace.ts'

/** Each task counts its runs and hands a file on. */
const three = (space: Workspace) =>
  space.flow(
    'three',
    `parameters:
  word: { type: string, default: corn }
tasks:
  one:
    type: script.shell
    with: { script: 'echo one >> ${space.path('counted')}; echo {{ word }} > "$MILLRACE_OUTPUTS/word.txt"' }
  two:
    type: script.shell
    inputs: { files: one.file }
    with: { script: 'echo two >> ${space.path('counted')}; tr a-z A-Z < "$MILLRACE_INPUT_FILES" > "$MILLRACE_OUTPUTS/word.txt"' }
  three:
    type: script.shell
    inputs: { files: two.file }
    with: { script: 'echo three >> ${space.path('counted')}; printf "the word is %s\\n" "$(cat "$MILLRACE_INPUT_FILES")"' }
  beside: { type: script.shell, with: { script: 'echo beside >> ${space.path('counted')}' } }
`,
  )

const counted = (space: Workspace): string[] => {
  const lines = space.read('counted').trim().split('\n').toSorted()
  space.write('counted', '')
  return lines
}

test('only a task, up to a task, from a task: with the results of the last run', async () => {
  const space = workspace()
  const flow = three(space)
  const upTo = await space.run(flow, '--to', 'two')
  expect(counted(space)).toEqual(['one', 'two'])
  expect(statesOf(upTo)).toMatchObject({ one: 'Completed', two: 'Completed' })
  expect(upTo.state.name).toBe('Completed')

  const only = await space.millrace(['run', flow, '--only', 'three', '--json'])
  expect(counted(space)).toEqual(['three'])
  expect(only.stdout).toContain('the word is CORN')
  expect(taskOf(resultOf(only), 'three').state.name).toBe('Completed')

  await space.run(flow, '-p', 'word=rye')
  counted(space)
  const from = await space.millrace(['run', flow, '--from', 'two', '--json'])
  expect(counted(space)).toEqual(['three', 'two'])
  expect(from.stdout).toContain('the word is RYE')

  const wrong = await space.millrace(['run', flow, '--from', 'tow'])
  expect(wrong).toMatchObject({ exitCode: 3 })
  expect(wrong.stderr).toContain('Did you mean “two”?')
})

test('a part takes its results from the newest run that still has them', async () => {
  const space = workspace()
  const flow = three(space)
  const { flow_run: kept } = await space.run(flow)
  const { flow_run: gone } = await space.run(flow, '-p', 'word=rye')
  rmSync(path.join(space.home, 'runs', gone.id, 'results'), { recursive: true })
  counted(space)
  const only = await space.millrace(['run', flow, '--only', 'three', '--json'])
  expect(only.stdout).toContain('the word is CORN')
  expect(only.stdout).toContain(`Reused from flow run ${kept.id}`)
  expect(counted(space)).toEqual(['three'])
})

test('a part that needs what nobody has is refused before it starts', async () => {
  const space = workspace()
  const flow = three(space)
  const refused = await space.millrace(['run', flow, '--only', 'three'])
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('Task “three” takes what “two” makes, and the flow has not run yet.')
  const { flow_run: former } = await space.run(flow, '--to', 'one')
  counted(space)
  const again = await space.millrace(['run', flow, '--from', 'three'])
  expect(again).toMatchObject({ exitCode: 2, stdout: '' })
  expect(again.stderr).toContain(
    `and flow run “${former.name}” has kept nothing of it. Run the whole flow, or --to three.`,
  )
  expect(space.read('counted')).toBe('')
  expect(await space.flowRuns()).toHaveLength(1)
})

test('two submissions with one key make one flow run, in one process after the other and at once', async () => {
  const space = workspace()
  const flow = three(space)
  const first = await space.run(flow, '--key', 'monday')
  const second = await space.run(flow, '--key', 'monday')
  expect(second.flow_run.id).toBe(first.flow_run.id)
  expect(counted(space)).toEqual(['beside', 'one', 'three', 'two'])
  const both = await Promise.all([1, 2, 3].map(() => space.run(flow, '--key', 'tuesday')))
  expect(new Set(both.map((result) => result.flow_run.id)).size).toBe(1)
  expect(counted(space)).toEqual(['beside', 'one', 'three', 'two'])
  expect(await space.flowRuns()).toHaveLength(2)
})

test('a key belongs to its flow: another flow asked for under the same one runs too', async () => {
  const space = workspace()
  const say = (name: string) => space.flow(name, `tasks:\n  say: { type: log.message, with: { message: hello } }\n`)
  const [one, two] = [say('one'), say('two')]
  const first = await space.run(one, '--key', 'monday')
  const other = await space.run(two, '--key', 'monday')
  expect([first, other].map((result) => result.flow_run.flow)).toEqual(['one', 'two'])
  expect((await space.run(two, '--key', 'monday')).flow_run.id).toBe(other.flow_run.id)
  expect(await space.flowRuns()).toHaveLength(2)
})

test('a run is made again with other parameters, from the text it ran, though the file has changed', async () => {
  const space = openWorkspace()
  const { wait, open } = gate(space, 'open')
  const flow = three(space)
  const { flow_run: former } = await space.run(flow, '-p', 'word=oats')
  space.write('three.yaml', 'no flow any more')
  const holder = space.start([
    'run',
    space.flow('holder', `tasks:\n  hold: { type: script.shell, with: { script: "echo here; ${wait}" } }\n`),
  ])
  await holder.saw('here')
  const { client, close } = await connectEngine(space.home)
  const again = await client.runs.again({ flowRun: former.id, parameters: { texts: { word: 'barley' } } })
  for await (const news of await client.runs.watch({ flowRun: again.id })) if (news.kind === 'end') break
  const { flowRun } = await client.runs.inspect({ flowRun: again.id })
  await close()
  expect(flowRun).toMatchObject({ state: { name: 'Completed' }, parameters: { word: 'barley' } })
  expect((await space.millrace(['flow-run', 'logs', again.id, '--search', 'the word is'])).stdout).toContain('BARLEY')
  open()
  expect(await holder.ended).toMatchObject({ exitCode: 0 })
  space.remove()
})
