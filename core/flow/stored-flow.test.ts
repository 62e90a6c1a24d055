import { expect, test } from 'vitest'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { smallCatalogue as catalogue } from '#test/fixtures/small-catalogue.ts'
import { readFlow } from './read-flow.ts'
import { flowFromJson, flowToJson, readStoredFlow } from './stored-flow.ts'

const text = 'millrace: 1\nname: a\ntasks:\n  one: { type: log.message, with: { message: x } }\n'
const { document } = readFlow(text, { catalogue })
if (!document) throw new Error('It should be right.')
const json = flowToJson(document, catalogue)

test('a stored flow comes back as it was', () => {
  expect(flowFromJson(json, catalogue)).toEqual(document)
  expect(readStoredFlow({ text: 'not looked at', json }, { catalogue }).document).toEqual(document)
})

test('the text is read again when nothing was stored, or by another version, or for other types', () => {
  expect(readStoredFlow({ text, json: null }, { catalogue }).document).toEqual(document)
  const [first, ...rest] = catalogue.tasks.values()
  if (!first) throw new Error('There are types.')
  const newer = catalogueOf([{ ...first, version: first.version + 1 }, ...rest], [...catalogue.blocks.values()])
  expect(flowFromJson(json, newer)).toBeNull()
  for (const other of ['', '{', 'null', '{}', json.replace('"version":1', '"version":0')]) {
    expect(flowFromJson(other, catalogue)).toBeNull()
    expect(readStoredFlow({ text, json: other }, { catalogue }).document).toEqual(document)
  }
})
