import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { testEngine } from './test-engine.ts'

const { home, engine } = await testEngine()

const fileOf = (name: string) => path.join(home, 'flows', `${name}.yaml`)
const create = (name: string, tasks: string) =>
  engine.client.flows.create({ name, text: `millrace: 1\nname: ${name}\ntasks:\n${tasks}` })
const say = '  say: { type: log.message, with: { message: hi } }\n'

const run = async (name: string) => {
  const { id } = await engine.client.runs.submit({ source: { from: 'library', name } })
  return (await engine.ended(id)).name
}

test('a renamed flow keeps its saved versions and its runs; another flow of the old name begins without them', async () => {
  const { flows } = engine.client
  await create('child', say)
  await run('child')
  await flows.rename({ name: 'child', to: 'kid' })
  expect(await flows.versions({ name: 'kid' })).toHaveLength(1)
  expect((await flows.list()).map(({ name, lastRun }) => [name, lastRun?.state.name])).toEqual([['kid', 'Completed']])
  await create('child', say)
  expect(await flows.versions({ name: 'child' })).toEqual([])
  expect((await flows.list()).find(({ name }) => name === 'child')?.lastRun).toBeNull()
})

test('versions that a deleted flow left under the new name are not taken for those of the renamed one', async () => {
  const { flows } = engine.client
  await create('before', say)
  await run('before')
  await flows.delete({ name: 'before' })
  await create('fresh', say)
  await run('fresh')
  await flows.rename({ name: 'fresh', to: 'before' })
  expect((await flows.versions({ name: 'before' })).map(({ version }) => version)).toEqual([1])
})

test('flows that run a renamed one follow, byte for byte elsewhere, and are named', async () => {
  const { flows } = engine.client
  await create('step', say)
  const parent = (one: string, two: string) => `millrace: 1
name: parent
tasks:
  # by name
  one: { type: flow.run, with: { flow: ${one} } }   # kept
  two: { type: flow.run, with: { flow: ./${two}.yaml }, after: [one] }
  other: { type: log.message, with: { message: step } }
hooks:
  on_failure:
    again: { type: flow.run, with: { flow: ${one} } }
`
  await flows.create({ name: 'parent', text: parent('step', 'step') })
  const untouched = `millrace: 1\nname: repository\ntasks:\n  go: { type: flow.run, with: { flow: step, from: block:github-repository/x } }\n`
  await flows.create({ name: 'repository', text: untouched })
  expect(await flows.rename({ name: 'step', to: 'stage' })).toEqual({ name: 'stage', flows: ['parent'] })
  expect(readFileSync(fileOf('parent'), 'utf8')).toBe(parent('stage', 'stage'))
  expect(readFileSync(fileOf('repository'), 'utf8')).toBe(untouched)
  expect(await run('parent')).toBe('Completed')
})

test('a name that is taken, or a flow with broken syntax, is refused before anything is changed', async () => {
  const { flows } = engine.client
  await create('left', say)
  await create('runs-left', '  go: { type: flow.run, with: { flow: left } }\n')
  await expect(flows.rename({ name: 'left', to: 'runs-left' })).rejects.toThrow(/already/)
  writeFileSync(fileOf('left'), 'name: [')
  await expect(flows.rename({ name: 'left', to: 'right' })).rejects.toThrow(/Correct it in the YAML editor/)
  expect(readFileSync(fileOf('left'), 'utf8')).toBe('name: [')
  expect(readFileSync(fileOf('runs-left'), 'utf8')).toContain('flow: left')
})
