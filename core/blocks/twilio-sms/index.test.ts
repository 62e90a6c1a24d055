import { expect, test } from 'vitest'
import { startTwilio, twilioAccount } from '#test/fakes/notify/services.ts'
import { containing } from '#test/fixtures/containing.ts'
import { sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { twilioSmsBlock } from './index.ts'

const token = 'made-up-token-of-twilio'
const settings = { account: twilioAccount, from: '+15005550006', to: ['+15005550009', '+15005550010'] }

test('each number gets the message, once', async () => {
  const twilio = await startTwilio(token)
  const answer = await sendBy(twilioSmsBlock, { settings: { ...settings, api: twilio.url }, secrets: { token } })
  expect(answer).toBe('queued for …0009, …0010')
  expect(twilio.received.map(({ path, body }) => [path, Object.fromEntries(new URLSearchParams(body))])).toEqual(
    settings.to.map((to) => [
      `/2010-04-01/Accounts/${twilioAccount}/Messages.json`,
      { To: to, From: '+15005550006', Body: 'Green taxi failed\nLine one\nLine <two> & "three"' },
    ]),
  )
})

test('a number that cannot get it is told; the others get it, and nothing sends to them again', async () => {
  const twilio = await startTwilio(token)
  const to = ['+15005550009', '+15005550001', '+15005550010']
  const sent = sendBy(twilioSmsBlock, { settings: { ...settings, to, api: twilio.url }, secrets: { token } })
  await expect(sent).rejects.toMatchObject({
    failure: {
      code: 'invalid',
      retryable: false,
      final: true,
      message: containing(/Not sent to …0001: .*21211.*The number in “to” cannot get messages.*gone to …0009, …0010/),
    },
  })
})

test('a text that is too long is cut to what Twilio takes', async () => {
  const twilio = await startTwilio(token)
  const sent = sendBy(
    twilioSmsBlock,
    { settings: { ...settings, api: twilio.url }, secrets: { token } },
    { subject: 'long', text: 'x'.repeat(5000) },
  )
  await expect(sent).resolves.toContain('queued')
})

test('its test tells a wrong token, and sends nothing', async () => {
  const twilio = await startTwilio(token)
  const at = { ...settings, api: twilio.url }
  expect((await stagesOf(twilioSmsBlock, { settings: at, secrets: { token } })).every(({ ok }) => ok)).toBe(true)
  const wrong = await stagesOf(twilioSmsBlock, { settings: at, secrets: { token: 'another-made-up-token' } })
  expect(wrong.at(-1)).toMatchObject({
    stage: 'Sign in',
    ok: false,
    message: containing(/401.*do not belong together/),
  })
  expect(twilio.received.filter(({ method }) => method === 'POST')).toEqual([])
})
