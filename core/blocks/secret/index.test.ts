import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { expect, test } from 'vitest'
import { secret } from './index.ts'

const context = (read: (field: string) => Promise<string>) => ({
  settings: {},
  secret: read,
  home: '/nowhere',
  block: noNestedBlock,
  http: noHttp,
  signal: new AbortController().signal,
})

test('its test reads the value and shows nothing of it', async () => {
  const asked: string[] = []
  const stages = []
  for await (const stage of secret.test(context(async (field) => (asked.push(field), 'quiet heron'))))
    stages.push(stage)
  expect(asked).toEqual(['value'])
  expect(stages).toMatchObject([{ ok: true, message: 'The value is set and can be read.' }])
})

test('it has no settings, one secret field and nothing to show in expressions', () => {
  expect(Object.keys(secret.config.shape)).toEqual([])
  expect(Object.keys(secret.secrets)).toEqual(['value'])
  expect(secret.capabilities).toEqual(['value'])
})
