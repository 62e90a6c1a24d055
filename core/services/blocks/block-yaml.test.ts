import { expect, test } from 'vitest'
import { blocksService } from './blocks.ts'
import { testWorld } from './world-suite.ts'

const zoom = {
  type: 'database',
  name: 'zoom',
  settings: { host: 'db.example.org' },
  secrets: { password: 'quiet heron', token: 'loud heron' },
}

test('what was exported is imported in another home, which asks for the secrets', async () => {
  const here = blocksService(testWorld())
  await here.create(zoom)
  await here.create({ type: 'json', name: 'list', settings: { value: { a: [1, null] } } })
  const text = await here.exportYaml([])
  expect(text).not.toContain('heron')
  const there = blocksService(testWorld())
  const { blocks, missing } = await there.importYaml(text)
  expect(blocks.map(({ reference }) => reference)).toEqual(['block:database/zoom', 'block:json/list'])
  expect(missing).toEqual([
    { reference: 'block:database/zoom', field: 'password', title: 'Password' },
    { reference: 'block:database/zoom', field: 'token', title: 'Token' },
  ])
  expect(await there.exportYaml(['block:json/list'])).toContain('name: list')
  expect((await there.resolve('block:json/list')).settings).toEqual({ value: { a: [1, null] } })
  expect((await here.importYaml(text)).missing).toEqual([])
})

test('a file of an older Millrace is upgraded, one of a newer is refused', async () => {
  const blocks = blocksService(testWorld())
  const file = (version: number) =>
    `millrace_blocks: 1\nblocks:\n- { type: database, name: old, version: ${version}, settings: { address: h } }\n`
  await blocks.importYaml(file(1))
  expect((await blocks.inspect('database/old')).settings).toEqual({ host: 'h' })
  expect(await blocks.exportYaml([])).toContain('version: 2')
  await expect(blocks.importYaml(file(3))).rejects.toThrow('made by a newer Millrace')
})

test('an import with mistakes saves nothing and names all of them', async () => {
  const blocks = blocksService(testWorld())
  await blocks.create(zoom)
  const text = `millrace_blocks: 1
blocks:
  - { type: string, name: right, settings: { value: x } }
  - { type: sting, name: wrong }
  - { type: database, name: zoom, version: 2, settings: { host: other } }
  - { type: string, name: right, settings: { value: y } }`
  const error = await blocks.importYaml(text).catch((caught: unknown) => caught)
  const message = error instanceof Error ? error.message : ''
  expect(message).toContain('Did you mean “string”?')
  expect(message).toContain('block:database/zoom: It exists already with other settings')
  expect(message).toContain('block:string/right: It stands in the file twice')
  expect(await blocks.list()).toHaveLength(1)
})

test.each([
  ['millrace: 1\nname: a-flow', 'no export of Millrace blocks'],
  ['a: [', 'not YAML'],
  ['x'.repeat(1_100_000), 'larger than 1 MB'],
  ['a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]', 'aliases'],
])('a file that is no export is refused (%#)', async (text, reason) => {
  await expect(blocksService(testWorld()).importYaml(text)).rejects.toThrow(reason)
})
