import { expect, test } from 'vitest'
import { startReceiver } from '#test/fakes/notify/receiver.ts'
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
  [{ base_url: 'api.example.org' }, {}, /no web address/],
  [{ base_url: 'https://user:pass@example.org' }, {}, /holds a user or a password/],
  [{ base_url: 'https://example.org/?a=1' }, {}, /has a query/],
  [{ base_url: 'http://example.org', auth: 'bearer' }, { token: 'made-up-token' }, /could read what is secret/],
  [{ base_url: 'https://example.org', auth: 'basic' }, { password: 'made-up' }, /no user is set/],
  [{ base_url: 'https://example.org', auth: 'bearer' }, {}, /“token” is not set/],
])('%o with %o is told before anybody is asked', async (settings, secrets, says) => {
  expect(await stagesOf(httpEndpointBlock, { settings, secrets })).toMatchObject([
    { stage: 'Settings', ok: false, message: containing(says) },
  ])
})
