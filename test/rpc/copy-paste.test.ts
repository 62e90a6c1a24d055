import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { testEngine } from './test-engine.ts'

const { engine } = await testEngine()

const open = async (name: string, text: string) => {
  const { flows } = engine.client
  return flows.open({ source: { from: 'library', name: (await flows.create({ name, text })).name } })
}

const rides = `millrace: 1
name: rides
tasks:
  read: { type: table.read, with: { path: rides.csv } }
  # Without the empty ones.
  clean:
    type: table.filter
    inputs: { table: read.table }
    with: { where: n > 0 }
layout: { read: [0, 0], clean: [300, 0] }
`

test('tasks go from one flow to another as text, and the paste can be taken back', async () => {
  const { flows } = engine.client
  const { file } = await open('rides', rides)
  const { text } = await flows.copyTasks({ file, tasks: ['read', 'clean'] })
  const other = await open('other', 'millrace: 1\nname: other\ntasks: {}\n')
  const editor = 'one'
  const edit = await flows.pasteTasks({ file: other.file, revision: other.revision, text, position: [40, 80], editor })
  expect(edit.content).toMatchObject({
    problems: [],
    value: {
      tasks: { clean: { inputs: { table: 'read.table' } } },
      layout: { read: [40, 80], clean: [340, 80] },
    },
  })
  await flows.edit({ file: other.file, revision: edit.revision, operation: edit.inverse, editor })
  expect((await flows.open({ source: { from: 'library', name: 'other' } })).text).toBe(other.text)
})

test('what holds no tasks is refused with the reason, and nothing changes', async () => {
  const { flows } = engine.client
  const { file, revision, text } = await open('third', rides)
  const paste = flows.pasteTasks({
    file,
    revision,
    text: 'tasks: { "../x": { type: a.b } }',
    position: [0, 0],
    editor: 'one',
  })
  const failure = failureOfCall(await paste.catch((error: unknown) => error))
  expect(failure).toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('“../x” is no id of a task') as string,
  })
  expect((await flows.open({ source: { from: 'file', path: file, cwd: '/' } })).text).toBe(text)
})
