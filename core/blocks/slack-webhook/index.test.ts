import { expect, test } from 'vitest'
import { startSlack } from '#test/fakes/notify/services.ts'
import { containing } from '#test/fixtures/containing.ts'
import { contextOf, sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { slackWebhookBlock } from './index.ts'

const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  return error as { failure: { code: string; message: string; retryable: boolean } }
}

test('a message comes as Slack wants it: bold subject, marks escaped', async () => {
  const slack = await startSlack()
  expect(await sendBy(slackWebhookBlock, { secrets: { url: slack.address } })).toBe('ok')
  expect(JSON.parse(slack.received[0]?.body ?? '')).toEqual({
    text: '*Green taxi failed*\nLine one\nLine &lt;two&gt; &amp; "three"',
  })
})

test('a message that is too long is cut, and says so', async () => {
  const slack = await startSlack()
  await sendBy(slackWebhookBlock, { secrets: { url: slack.address } }, { subject: 'long', text: 'x'.repeat(50_000) })
  expect(slack.received[0]?.body).toMatch(/ … \([\d]+ more characters\)/)
})

test.each([
  [{ status: 404, body: 'no_service' }, 'not-found', /“no_service”\. The webhook was removed or switched off/, false],
  [{ status: 410, body: 'channel_is_archived' }, 'not-found', /Take it back from the archive/, false],
  [{ status: 403, body: 'action_prohibited' }, 'denied', /An administrator of the workspace forbids it/, false],
  [{ status: 500, body: '' }, 'unavailable', /answered 500, without a word/, true],
  [{ status: 429, headers: { 'retry-after': '600' } }, 'limit', /tried again after 10 m 00 s/, true],
  [
    { status: 302, headers: { location: 'https://elsewhere.example/x' } },
    'denied',
    /to lead to elsewhere\.example; a message is not sent on/,
    false,
  ],
])('an answer of %o is a refusal with what to do', async (answer, code, says, retryable) => {
  const slack = await startSlack()
  slack.next(answer)
  const { failure } = await refused(sendBy(slackWebhookBlock, { secrets: { url: slack.address } }))
  expect(failure).toMatchObject({ code, retryable, message: expect.stringMatching(says) as unknown })
  expect(slack.received.length).toBe(1)
})

test('a server that wants fewer messages gets it when it said so', async () => {
  const slack = await startSlack()
  slack.next({ status: 429, headers: { 'retry-after': '0' } }, { status: 503, headers: { 'retry-after': '0' } })
  expect(await sendBy(slackWebhookBlock, { secrets: { url: slack.address } })).toBe('ok')
  expect(slack.received.length).toBe(3)
})

test('the address stands in no message, also where the server repeats it', async () => {
  const slack = await startSlack()
  const path = new URL(slack.address).pathname
  slack.next({ status: 400, body: `cannot POST ${path}: ${path.split('/').at(-1)}` })
  const { failure } = await refused(sendBy(slackWebhookBlock, { secrets: { url: slack.address } }))
  expect(JSON.stringify(failure)).not.toContain('made-up')
  expect(failure.message).toContain('********')
})

test('an endless answer is not waited for', async () => {
  const slack = await startSlack()
  slack.next((response) => {
    response.writeHead(200)
    const more = () => void (response.destroyed || response.write('x'.repeat(65_536), more))
    more()
  })
  expect((await sendBy(slackWebhookBlock, { secrets: { url: slack.address } })).length).toBeLessThan(501)
})

test('its test asks Slack without a message, and tells a webhook that is gone', async () => {
  const slack = await startSlack()
  const good = await stagesOf(slackWebhookBlock, { secrets: { url: slack.address } })
  expect(good.map(({ stage, ok }) => [stage, ok])).toEqual([
    ['Address', true],
    ['Reach the server', true],
    ['Webhook', true],
    ['Message', true],
  ])
  const gone = await stagesOf(slackWebhookBlock, { secrets: { url: `${slack.url}/services/other` } })
  expect(gone.at(-1)).toMatchObject({ stage: 'Webhook', ok: false, message: containing(/was removed/) })
  expect(slack.received.filter(({ body }) => body.includes('Green'))).toEqual([])
})

test('what is no webhook is refused by what it is, and not repeated', () => {
  const facts = slackWebhookBlock.facts?.['url']
  expect(facts?.('https://hooks.slack.com/services/T0/B0/x')).toEqual({
    shown: { Server: 'hooks.slack.com' },
    expiresAt: null,
  })
  expect(() => facts?.('xoxb-made-up')).toThrow(/This is a token of Slack/)
  expect(() => facts?.('hooks.slack.com')).toThrow(/no web address/)
  expect(() => facts?.('http://hooks.slack.com/services/made-up')).toThrow(
    /^The URL leads to hooks.slack.com over http:/,
  )
})

test('a cancelled message stops', async () => {
  const slack = await startSlack()
  const controller = new AbortController()
  slack.next(() => controller.abort())
  const context = contextOf(slackWebhookBlock, { secrets: { url: slack.address }, signal: controller.signal })
  const notifier = await slackWebhookBlock.openNotifier?.(context)
  const { failure } = await refused(notifier?.send({ subject: 'x', text: '' }, controller.signal) ?? Promise.resolve())
  expect(failure).toMatchObject({ code: 'cancelled' })
})
