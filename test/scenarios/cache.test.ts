import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { inspectionOf, resultOf, taskOf, type TaskLine } from './millrace.ts'
import { workspace, type Workspace } from './workspace.ts'

const cached = (space: Workspace, options: { expires?: string; script?: string } = {}) =>
  space.flow(
    'cached',
    `parameters:
  greeting: { type: string, default: hello }
tasks:
  fetch: { type: http.download, with: { url: words.txt } }
  work:
    type: script.shell
    inputs: { files: fetch.file }
    with:
      script: |
        echo worked >> '${space.path('counted')}'
        ${options.script ?? 'cat'} "$MILLRACE_INPUT_FILES" > "$MILLRACE_OUTPUTS/out.txt"
        echo {{ greeting }} >> "$MILLRACE_OUTPUTS/out.txt"
    cache: { key: inputs, expires: ${options.expires ?? '1h'} }
`,
  )

const workOf = async (space: Workspace, flow: string, ...args: string[]): Promise<TaskLine> => {
  const ended = await space.millrace(['run', flow, '--json', ...args])
  expect(ended.exitCode, ended.stderr).toBe(0)
  return taskOf(resultOf(ended), 'work')
}

const times = (space: Workspace): number => space.read('counted').split('\n').length - 1

test('a result is used again while its inputs, settings and script are the same; the parts of the key say what changed', async () => {
  const space = workspace()
  space.write('words.txt', 'corn\n')
  const flow = cached(space)
  const first = await workOf(space, flow)
  expect(first).toMatchObject({ state: { type: 'COMPLETED', name: 'Completed' }, cache: { outcome: 'miss' } })
  expect(Object.keys(first.cache?.parts ?? {}).toSorted()).toEqual(['blocks', 'code', 'inputs', 'settings', 'type'])

  const second = await workOf(space, flow)
  expect(second).toMatchObject({
    state: { type: 'COMPLETED', name: 'Cached' },
    cache: { ...first.cache, outcome: 'hit' },
  })
  expect(second.outputs).toEqual(first.outputs)
  expect(times(space)).toBe(1)

  const changedParts = (other: TaskLine): string[] =>
    Object.keys(first.cache?.parts ?? {}).filter((part) => other.cache?.parts[part] !== first.cache?.parts[part])
  expect(changedParts(await workOf(space, flow, '-p', 'greeting=bye'))).toEqual(['settings'])
  space.write('words.txt', 'rye\n')
  expect(changedParts(await workOf(space, flow))).toEqual(['inputs'])
  space.write('words.txt', 'corn\n')
  expect(changedParts(await workOf(space, cached(space, { script: 'head' })))).toEqual(['settings'])
  expect(times(space)).toBe(4)
  expect((await workOf(space, cached(space))).state.name).toBe('Cached')
})

test('a result that is gone or has expired is worked out again, and the run says which', async () => {
  const space = workspace()
  space.write('words.txt', 'corn\n')
  const flow = cached(space)
  await workOf(space, flow)
  rmSync(path.join(space.home, 'runs'), { recursive: true })
  const missing = await workOf(space, flow)
  expect(missing).toMatchObject({ state: { name: 'Completed' }, cache: { outcome: 'result-missing' } })
  expect((await workOf(space, flow)).state.name).toBe('Cached')

  const brief = cached(space, { expires: '1ms', script: 'tail' })
  await workOf(space, brief)
  const ended = await space.millrace(['run', brief, '--json'])
  expect(taskOf(resultOf(ended), 'work')).toMatchObject({ state: { name: 'Completed' }, cache: { outcome: 'expired' } })

  const { id } = resultOf(ended).flow_run
  const shown = await space.millrace(['flow-run', 'inspect', id])
  expect(shown.stdout).toMatch(/^Cache of work: expired; key [0-9a-f]{64} of .*script\.shell@1.*settings [0-9a-f]{12}/m)
  expect(taskOf(inspectionOf(await space.millrace(['flow-run', 'inspect', id, '--json'])), 'work').cache).toMatchObject(
    {
      outcome: 'expired',
    },
  )
})

test('a key of one’s own decides alone', async () => {
  const space = workspace()
  const flow = space.flow(
    'own-key',
    `parameters:
  day: { type: date, default: 2021-01-01 }
  noise: { type: integer, default: 1 }
tasks:
  work:
    type: script.shell
    with: { script: "echo {{ noise }}" }
    cache: { key: "{{ day }}" }
`,
  )
  expect((await workOf(space, flow)).state.name).toBe('Completed')
  expect((await workOf(space, flow, '-p', 'day=2021-01-02')).state.name).toBe('Completed')
  expect((await workOf(space, flow, '-p', 'noise=2')).state.name).toBe('Cached')
})
