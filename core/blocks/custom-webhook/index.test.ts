import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startReceiver } from '#test/fakes/notify/receiver.ts'
import { containing } from '#test/fixtures/containing.ts'
import { sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { customWebhookBlock } from './index.ts'
import { filled } from './template.ts'

const secretBlocks = { key: 'made-up-key-for-tests' }

test('any message in a JSON or form template stays one value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (subject, text) => {
      const notice = { subject, text }
      const json = filled('{"a": "{{ subject }}", "b": ["x {{text}}"]}', 'json', notice)
      expect(JSON.parse(json)).toEqual({ a: subject, b: [`x ${text}`] })
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const form = new URLSearchParams(filled('a={{ text }}&b=1', 'form', { subject: '', text }))
      expect([form.get('a'), form.get('b'), [...form].length]).toEqual([text, '1', 2])
    }),
  )
})

test('method, body, headers and secret headers are sent as they are set', async () => {
  const server = await startReceiver(() => ({ status: 204 }))
  const settings = {
    method: 'PUT',
    body: '{"content": "**{{ subject }}**\\n{{ text }}"}',
    headers: { 'X-Team': 'data', 'X-Api-Key': 'block:secret/key' },
  }
  const url = `${server.url}/hook?about={{ subject }}`
  expect(await sendBy(customWebhookBlock, { settings, secrets: { url }, secretBlocks })).toBe('204')
  const [request] = server.received
  expect(request).toMatchObject({
    method: 'PUT',
    path: '/hook?about=Green%20taxi%20failed',
    headers: { 'content-type': 'application/json', 'x-team': 'data', 'x-api-key': secretBlocks.key },
  })
  expect(JSON.parse(request?.body ?? '')).toEqual({ content: '**Green taxi failed**\nLine one\nLine <two> & "three"' })
})

test('GET sends no body', async () => {
  const server = await startReceiver(() => ({ status: 200, body: 'thanks' }))
  const secrets = { url: `${server.url}/?m={{ text }}` }
  expect(await sendBy(customWebhookBlock, { settings: { method: 'GET' }, secrets })).toBe('thanks')
  expect(server.received[0]).toMatchObject({ body: '', path: '/?m=Line%20one%0ALine%20%3Ctwo%3E%20%26%20%22three%22' })
})

test('a refusal shows what the server said, without the secret header that it repeats', async () => {
  const server = await startReceiver(({ headers }) => ({
    status: 400,
    body: `bad request, headers: ${JSON.stringify(headers)}`,
  }))
  const settings = { headers: { 'X-Api-Key': 'block:secret/key' } }
  await expect(
    sendBy(customWebhookBlock, { settings, secrets: { url: server.url }, secretBlocks }),
  ).rejects.toMatchObject({
    failure: { code: 'invalid', message: containing(/bad request.*x-api-key":"\*{8}"/) },
  })
})

test.each([
  [{ body: '{"a": {{ text }}}' }, /no valid JSON.*Placeholders stand within quotes/],
  [{ body: '{"a": "{{ texts }}"}' }, /has \{\{ texts \}\}, which is not known/],
  [{ headers: { 'X\n': 'a' } }, /is no name of a header/],
  [{ headers: { X: 'a\r\nY: b' } }, /holds a line break/],
])('%o is refused before anything is sent, also by its test', async (settings, says) => {
  const server = await startReceiver(() => ({ status: 200 }))
  const options = { settings, secrets: { url: server.url } }
  await expect(sendBy(customWebhookBlock, options)).rejects.toThrow(says)
  expect(await stagesOf(customWebhookBlock, options)).toMatchObject([{ ok: false, message: containing(says) }])
  expect(server.received).toEqual([])
})

test('its test asks only whether the server is there', async () => {
  const server = await startReceiver(() => ({ status: 405 }))
  const stages = await stagesOf(customWebhookBlock, { secrets: { url: `${server.url}/hook` } })
  expect(stages.map(({ ok }) => ok)).toEqual([true, true, true, true])
  expect(server.received.map(({ method, path }) => [method, path])).toEqual([['HEAD', '/']])
})
