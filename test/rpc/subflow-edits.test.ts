import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { testEngine } from './test-engine.ts'

const { folder, home, engine } = await testEngine()

const greeting = `millrace: 1
name: greeting
parameters:
  who: { type: string, default: you }
tasks:
  begin: { type: log.message, with: { message: Begin } }
  # to everybody
  greet: { type: log.message, after: [begin], with: { message: "Hello {{ who }}" } }
  wave: { type: log.message, after: [greet], with: { message: "{{ run.flow }}" } }
  end: { type: log.message, after: [wave], with: { message: End } }
layout: { begin: [0, 0], greet: [240, 0], wave: [480, 0], end: [720, 0] }
`

const open = async (name: string, text: string) => {
  const { flows } = engine.client
  return flows.open({ source: { from: 'library', name: (await flows.create({ name, text })).name } })
}

const messagesOf = async (flowRun: string): Promise<readonly string[]> => {
  const { children } = await engine.client.runs.inspect({ flowRun })
  const ids = [flowRun, ...children.map(({ id }) => id)]
  const lines = (await Promise.all(ids.map((id) => engine.client.runs.logs({ flowRun: id })))).flat()
  return lines.flatMap(({ message }) => (/^(Begin|Hello|greeting|End)/.test(message) ? [message] : [])).toSorted()
}

const run = async (file: string) => {
  const source = { from: 'file', path: file, cwd: '/' } as const
  const { id } = await engine.client.runs.submit({ source, parameters: { values: { who: 'world' } } })
  expect((await engine.ended(id)).name).toBe('Completed')
  return messagesOf(id)
}

test('tasks that became a subflow do the same there, and again when they were brought back', async () => {
  const { flows } = engine.client
  const { file, revision, text } = await open('greeting', greeting)
  const before = await run(file)
  const editor = 'one'
  const extracted = await flows.extract({ file, revision, tasks: ['greet', 'wave'], name: 'say hello', editor })
  expect(extracted).toMatchObject({ task: 'say_hello', flow: 'say hello', content: { problems: [] } })
  const child = await flows.open({ source: { from: 'library', name: 'say hello' } })
  expect(child.content.problems).toEqual([])
  expect(child.text).toContain('  # to everybody\n  greet:')
  expect(await run(file)).toEqual(before)
  const back = await flows.inline({ file, revision: extracted.revision, task: 'say_hello', editor })
  expect(back.content.problems).toEqual([])
  expect(await run(file)).toEqual(before)
  const undone = await flows.edit({ file, revision: back.revision, operation: back.inverse, editor })
  await flows.edit({ file, revision: undone.revision, operation: extracted.inverse, editor })
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a name that is taken, and tasks that data would cross to, leave everything as it was', async () => {
  const { flows } = engine.client
  const { file, revision, text } = await open('taken', greeting)
  const failureOf = async (call: Promise<unknown>) => failureOfCall(await call.catch((error: unknown) => error))
  const editor = 'one'
  expect(await failureOf(flows.extract({ file, revision, tasks: ['greet'], name: 'taken', editor }))).toMatchObject({
    code: 'conflict',
  })
  expect(
    await failureOf(flows.extract({ file, revision, tasks: ['greet', 'end'], name: 'parts', editor })),
  ).toMatchObject({ code: 'invalid', message: expect.stringContaining('wave lies between them') as string })
  expect(existsSync(path.join(home, 'flows/parts.yaml'))).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a flow that lies elsewhere gets its subflow beside it, where relative paths mean the same', async () => {
  const { flows } = engine.client
  const file = path.join(folder, 'elsewhere.yaml')
  writeFileSync(file, greeting)
  const { revision } = await flows.open({ source: { from: 'file', path: file, cwd: '/' } })
  const done = await flows.extract({ file, revision, tasks: ['greet'], name: 'beside', editor: 'one' })
  expect(done.flow).toBe('beside.yaml')
  expect(existsSync(path.join(folder, 'beside.yaml'))).toBe(true)
  expect(done.content.problems).toEqual([])
})
