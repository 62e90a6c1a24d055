import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { expect, test } from 'vitest'
import { string } from './index.ts'

test('it takes a text, and no other value', () => {
  for (const example of string.examples) expect(string.config.safeParse(example).success).toBe(true)
  expect(string.config.safeParse({ value: 5 }).success).toBe(false)
  expect(string.config.safeParse({}).success).toBe(false)
})

test('its test says how long the text is', async () => {
  const signal = new AbortController().signal
  const stages = []
  const context = {
    settings: { value: 'text' },
    secret: async () => '',
    home: '/nowhere',
    block: noNestedBlock,
    http: noHttp,
    signal,
  }
  for await (const stage of string.test(context)) stages.push(stage)
  expect(stages).toMatchObject([{ ok: true, message: 'A text of 4 characters.' }])
})
