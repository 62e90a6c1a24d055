import { expect, test } from 'vitest'
import { startReceiver } from '#test/fakes/notify/receiver.ts'
import { problemsOfSettings } from '#core/services/blocks/check-block.ts'
import { containing } from '#test/fixtures/containing.ts'
import { stagesOf } from '#test/fixtures/block-context.ts'
import { httpEndpointBlock } from './index.ts'

test('its test signs in, and tells when that is refused', async () => {
  const server = await startReceiver(({ headers }) =>
    headers.authorization === `Basic ${Buffer.from('grün:made-up-password').toString('base64')}`
      ? { status: 200 }
      : { status: 401, body: 'who are you' },
  )
  const settings = { base_url: `${server.url}/v1`, auth: 'basic', user: 'grün' }
  const good = await stagesOf(httpEndpointBlock, { settings, secrets: { password: 'made-up-password' } })
  expect(good.map(({ stage, ok }) => [stage, ok])).toEqual([
    ['Reach the server', true],
    ['Sign in', true],
  ])
  expect(server.received[0]?.path).toBe('/v1/')
  const wrong = await stagesOf(httpEndpointBlock, { settings, secrets: { password: 'another-password' } })
  expect(wrong.at(-1)).toMatchObject({ stage: 'Sign in', ok: false, message: containing(/401.*“who are you”/) })
})

test.each([
  [{ base_url: 'nonsense' }, /“base_url”: It is no web address/],
  [{ base_url: 'ftp://example.org' }, /“base_url”: It is no web address/],
  [{ base_url: 'https://user:pass-word@example.org' }, /“base_url”: It holds a user or a password/],
  [{ base_url: 'https://example.org/?a=1' }, /“base_url”: It has a query/],
  [{ base_url: 'https://example.org', auth: 'basic' }, /“user” is missing/],
])('%o is not saved', (settings, says) => {
  const problems = problemsOfSettings(httpEndpointBlock, settings)
  expect(problems).toEqual([containing(says)])
  expect(problems.join()).not.toContain('pass-word')
})

test('a token that is a JSON Web Token says when it expires', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'none' })}.${part({ exp: 1_800_000_000 })}.x`
  expect(httpEndpointBlock.facts?.['token']?.(token)).toEqual({ shown: {}, expiresAt: 1_800_000_000_000 })
})

test.each([
  [{ base_url: 'http://example.org', auth: 'bearer' }, { token: 'made-up-token' }, /could read what is secret/],
  [{ base_url: 'https://example.org', auth: 'bearer' }, {}, /“token” is not set/],
])('%o with %o is told before anybody is asked', async (settings, secrets, says) => {
  expect(await stagesOf(httpEndpointBlock, { settings, secrets })).toMatchObject([
    { stage: 'Settings', ok: false, message: containing(says) },
  ])
})
