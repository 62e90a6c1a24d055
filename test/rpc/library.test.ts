import { expect, test } from 'vitest'
import { testEngine } from './test-engine.ts'

const { engine } = await testEngine()

const hello = (text: string) => `millrace: 1
name: hello
tasks:
  say: { type: log.message, with: { message: ${text} } }
`

const runToEnd = async (name: string) => {
  const { id } = await engine.client.runs.submit({ source: { from: 'library', name } })
  await engine.ended(id)
  return id
}

/** Somebody looks at what a flow touches. */
const look = async (source: { from: 'library'; name: string } | { from: 'file'; path: string; cwd: string }) => {
  const { fingerprint } = await engine.client.flows.touches({ source })
  await engine.client.flows.trust({ source, fingerprint })
}

test('what an imported flow touches is told until somebody has looked at it', async () => {
  const { flows } = engine.client
  const text = `millrace: 1
name: foreign
parameters:
  source: { type: string, default: 'https://user@data.example.org/a.csv' }
  lake: { type: block, types: [local-file-system], default: block:local-file-system/other }
tasks:
  fetch: { type: http.download, with: { url: '{{ source }}' } }
  local: { type: http.download, with: { url: ../secret.csv } }
  tidy: { type: script.shell, after: [fetch], with: { script: "cd /tmp\\nrm -rf x\\n" } }
  keep: { type: storage.upload, inputs: { files: fetch.file }, with: { storage: '{{ lake }}', to: a/ } }
  more: { type: flow.run, with: { flow: elsewhere } }
`
  await flows.import({ text })
  const source = { from: 'library', name: 'foreign' } as const
  const touches = await flows.touches({ source })
  expect(touches).toEqual({
    trusted: false,
    fingerprint: touches.fingerprint,
    subflows: [],
    scripts: [{ name: 'cd /tmp … (2 lines)', tasks: ['tidy'] }],
    hosts: [{ name: 'data.example.org', tasks: ['fetch'] }],
    paths: [{ name: '../secret.csv', tasks: ['local'] }],
    blocks: [{ name: 'block:local-file-system/other', tasks: ['keep'], exists: false }],
    flows: [{ name: 'elsewhere', tasks: ['more'], exists: false }],
  })
  await flows.trust({ source, fingerprint: touches.fingerprint })
  expect(await flows.touches({ source })).toMatchObject({ trusted: true })
})

test('an imported flow is as little known by another name, and so is its copy', async () => {
  const { flows } = engine.client
  const isTrusted = async (name: string) => (await flows.touches({ source: { from: 'library', name } })).trusted
  await flows.import({ text: hello('hi').replace('name: hello', 'name: stranger') })
  await flows.rename({ name: 'stranger', to: 'renamed' })
  const { name: copy } = await flows.duplicate({ name: 'renamed' })
  expect([await isTrusted('renamed'), await isTrusted(copy)]).toEqual([false, false])
  await flows.create({ name: 'stranger', text: hello('hi') })
  expect(await isTrusted('stranger')).toBe(true)
  await look({ from: 'library', name: 'renamed' })
  expect([await isTrusted('renamed'), await isTrusted(copy)]).toEqual([true, false])
})

test('a document is read as plain data, for a canvas that shows what once was', async () => {
  const { flows, runs } = engine.client
  const text = hello('once').replace('name: hello', 'name: looked-back')
  await flows.create({ name: 'looked-back', text })
  const { flowRun } = await runs.inspect({ flowRun: await runToEnd('looked-back') })
  expect(await flows.documentContent({ document: flowRun.document })).toEqual({
    text,
    content: {
      value: { millrace: 1, name: 'looked-back', tasks: { say: { type: 'log.message', with: { message: 'once' } } } },
      problems: [],
    },
  })
})

test('each run of a flow of the library keeps the version that it runs, once', async () => {
  const { flows, runs } = engine.client
  await flows.create({ name: 'hello', text: hello('one') })
  await runToEnd('hello')
  const second = await runToEnd('hello')
  const { file, revision } = await flows.open({ source: { from: 'library', name: 'hello' } })
  await flows.edit({ file, revision, operation: { kind: 'replace-text', text: hello('two') }, editor: 'test' })
  const third = await runToEnd('hello')
  const versions = await flows.versions({ name: 'hello' })
  const documents = await Promise.all([third, second].map((flowRun) => runs.inspect({ flowRun })))
  expect(versions.map(({ version, document }) => [version, document])).toEqual([
    [2, documents[0]?.flowRun.document],
    [1, documents[1]?.flowRun.document],
  ])
})

test('the library tells how long the last runs took', async () => {
  const found = (await engine.client.flows.list()).find(({ name }) => name === 'hello')
  expect(found?.durations).toHaveLength(3)
  expect(found?.lastRun?.state.name).toBe('Completed')
})

test('many runs are deleted at once, those that go on are kept, and it can be taken back', async () => {
  const { runs } = engine.client
  const ids = [await runToEnd('hello'), await runToEnd('hello')]
  const before = (await runs.page({ flow: 'hello' })).total
  expect(await runs.deleteMany({ flowRuns: ids })).toEqual({ deleted: ids })
  expect((await runs.page({ flow: 'hello' })).total).toBe(before - 2)
  await runs.restoreMany({ flowRuns: ids })
  const { total, runs: listed } = await runs.page({ flow: 'hello', limit: 2 })
  expect(total).toBe(before)
  expect(listed.map(({ id }) => id)).toEqual(ids.toReversed())
})
