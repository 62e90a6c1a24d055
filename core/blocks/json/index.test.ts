import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { expect, test } from 'vitest'
import type { JsonValue } from '#core/model/handle.ts'
import { json } from './index.ts'

test.each<[JsonValue, string]>([
  [[1, 2], 'A list of 2.'],
  [{ a: 1 }, 'An object with 1 keys.'],
  ['text', 'A string.'],
  [null, 'A null.'],
])('%j is a value', async (value, message) => {
  const settings = json.config.parse({ value })
  expect(settings).toEqual({ value })
  const signal = new AbortController().signal
  const stages = []
  for await (const stage of json.test({
    settings,
    secret: async () => '',
    home: '/nowhere',
    block: noNestedBlock,
    http: noHttp,
    signal,
  }))
    stages.push(stage)
  expect(stages).toMatchObject([{ ok: true, message }])
})

test('a value is needed, and it is JSON', () => {
  expect(json.config.safeParse({}).success).toBe(false)
  expect(json.config.safeParse({ value: new Date() }).success).toBe(false)
})
