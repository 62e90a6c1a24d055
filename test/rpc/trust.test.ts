import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { testEngine } from './test-engine.ts'

const { folder, engine } = await testEngine()

type Source = { readonly from: 'library'; readonly name: string } | { readonly from: 'file'; path: string; cwd: string }

const library = (name: string): Source => ({ from: 'library', name })
const elsewhere = (name: string, text: string): Source & { from: 'file' } => {
  const file = path.join(folder, 'elsewhere', name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return { from: 'file', path: file, cwd: '/' }
}

const look = async (source: Source) => {
  const { fingerprint } = await engine.client.flows.touches({ source })
  await engine.client.flows.trust({ source, fingerprint })
}

/** As the screen runs a flow: the code of the refusal, or how the run ended. */
const runFromScreen = async (source: Source): Promise<string> => {
  try {
    const { id } = await engine.client.runs.submit({ source, trustedOnly: true })
    return (await engine.ended(id)).name
  } catch (error) {
    return failureOfCall(error).code
  }
}

const flow = (name: string, tasks: string) => `millrace: 1\nname: ${name}\ntasks:\n${tasks}`
const message = (text: string) => `  say: { type: log.message, with: { message: ${text} } }\n`
const running = (name: string) => `  go: { type: flow.run, with: { flow: ${name} } }\n`

test('what a flow touches is listed with what its subflows touch, each flow once, however they run each other', async () => {
  const { flows } = engine.client
  const script = '  evil: { type: script.shell, with: { script: echo evil } }\n'
  await flows.import({
    text: [flow('outer', running('middle')), flow('middle', running('inner')), flow('inner', script + running('outer'))].join('---\n'), // prettier-ignore
  })
  const touches = await flows.touches({ source: library('outer') })
  expect(touches.scripts).toEqual([])
  expect(touches.flows).toEqual([{ name: 'middle', tasks: ['go'], exists: true }])
  expect(touches.subflows.map(({ name, scripts }) => [name, scripts])).toEqual([
    ['middle', []],
    ['inner', [{ name: 'echo evil', tasks: ['evil'] }]],
  ])
})

test('a subflow that only a run can tell is listed as such', async () => {
  const { name } = await engine.client.flows.create({
    name: 'open',
    text: `${flow('open', '')}  a: { type: flow.run, with: { flow: "{{ run.flow | append: 'x' }}" } }\n  b: { type: flow.run, with: { flow: y.yaml, from: block:github-repository/z } }\n`,
  })
  const { flows } = await engine.client.flows.touches({ source: library(name) })
  expect(flows).toEqual([
    { name: "{{ run.flow | append: 'x' }}", tasks: ['a'], exists: null },
    { name: 'block:github-repository/z/y.yaml', tasks: ['b'], exists: null },
  ])
})

test('a flow made here that runs an imported one is refused to the screen until somebody has looked', async () => {
  await engine.client.flows.import({ text: flow('brought', message('hi')) })
  await engine.client.flows.create({ name: 'own', text: flow('own', running('brought')) })
  expect(await runFromScreen(library('own'))).toBe('denied')
  await look(library('own'))
  expect(await runFromScreen(library('own'))).toBe('Completed')
  expect(await runFromScreen(library('brought'))).toBe('Completed')
})

test('a file that was not made here is looked at before its first run, and again when it is another text', async () => {
  const source = elsewhere('foreign.millrace', flow('foreign', message('one')))
  expect(await runFromScreen(source)).toBe('denied')
  await look(source)
  expect(await runFromScreen(source)).toBe('Completed')
  elsewhere('foreign.millrace', flow('foreign', message('two')))
  expect(await runFromScreen(source)).toBe('denied')
})

test('what is changed here stays as well known as it was', async () => {
  const { flows } = engine.client
  const source = elsewhere('edited.yaml', flow('edited', message('one')))
  const edit = async (value: string) => {
    const { file, revision } = await flows.open({ source })
    const operation = { kind: 'set', path: ['tasks', 'say', 'with', 'message'], value } as const
    await flows.edit({ file, revision, editor: 'test', operation })
  }
  await edit('two')
  expect(await runFromScreen(source)).toBe('denied')
  await look(source)
  await edit('three')
  expect(await runFromScreen(source)).toBe('Completed')
})

test('tasks that leave an unknown flow, or come in from one, are as little known', async () => {
  const { flows } = engine.client
  await flows.import({ text: flow('unknown', message('hi')) })
  const { file, revision } = await flows.open({ source: library('unknown') })
  await flows.extract({ file, revision, tasks: ['say'], name: 'part', editor: 'test' })
  expect(await runFromScreen(library('part'))).toBe('denied')
  await flows.create({ name: 'host', text: flow('host', running('part')) })
  const host = await flows.open({ source: library('host') })
  await flows.inline({ file: host.file, revision: host.revision, task: 'go', editor: 'test' })
  expect(await runFromScreen(library('host'))).toBe('denied')
})

test('who looked at something else than what it is now is asked to look again', async () => {
  const { flows } = engine.client
  await flows.import({ text: flow('swapped', message('shown')) })
  const { fingerprint } = await flows.touches({ source: library('swapped') })
  await flows.import({ text: flow('swapped', message('other')), overwrite: true })
  await expect(flows.trust({ source: library('swapped'), fingerprint })).rejects.toThrow(/has changed since/)
  expect(await runFromScreen(library('swapped'))).toBe('denied')
})

test('a former run is not run again from the screen while its flow is unknown; the command line runs what it is told', async () => {
  const { flows, runs } = engine.client
  await flows.import({ text: flow('former', message('hi')) })
  const { id } = await runs.submit({ source: library('former') })
  expect((await engine.ended(id)).name).toBe('Completed')
  await expect(runs.again({ flowRun: id, trustedOnly: true })).rejects.toThrow(/came from elsewhere/)
  await look(library('former'))
  await runs.again({ flowRun: id, trustedOnly: true })
})
