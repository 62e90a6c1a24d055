import { expect, test } from 'vitest'
import type { HttpRequest } from '#core/kinds/http/http.ts'
import { cutText, readBody } from '#core/kinds/http/read-body.ts'
import { startReceiver, type Receiver } from '#test/fakes/notify/receiver.ts'
import { createHttp } from './http.ts'

const http = createHttp()

const open = (url: string, more: Partial<HttpRequest> = {}) =>
  http.open({
    method: 'GET',
    url: new URL(url),
    headers: {},
    idleTimeout: 5000,
    redirects: 5,
    signal: new AbortController().signal,
    ...more,
  })

const redirecting = (status: number): Promise<Receiver> =>
  startReceiver(({ path }) =>
    path === '/there' ? { status: 200, body: 'there' } : { status, headers: { location: '/there' } },
  )

test.each([
  [303, 'POST', 'GET', ''],
  [301, 'POST', 'GET', ''],
  [302, 'PUT', 'PUT', 'body'],
  [307, 'POST', 'POST', 'body'],
  [308, 'PATCH', 'PATCH', 'body'],
])('a redirect of %d after %s is asked for with %s', async (status, method, next, body) => {
  const server = await redirecting(status)
  const answer = await open(server.url, { method, body: 'body', headers: { 'content-type': 'text/plain' } })
  expect(new TextDecoder().decode((await readBody(answer, 100)).bytes)).toBe('there')
  expect(server.received[1]).toMatchObject({ method: next, path: '/there', body })
  expect(server.received[1]?.headers['content-type']).toBe(body === '' ? undefined : 'text/plain')
  expect(answer.url.pathname).toBe('/there')
})

test('with no redirects one is an answer like any other', async () => {
  const server = await redirecting(302)
  const answer = await open(server.url, { redirects: 0 })
  expect([answer.status, answer.headers['location'], server.received.length]).toEqual([302, '/there', 1])
  answer.close()
})

test('what is read beyond a limit is not taken, and is said', async () => {
  const server = await startReceiver(() => ({ status: 200, body: 'x'.repeat(1000) }))
  const { bytes, more } = await readBody(await open(server.url), 10)
  expect([bytes.length, more]).toEqual([10, true])
  expect(await readBody(await open(server.url), 1000)).toMatchObject({ more: false })
})

test('a text is never cut within a word, which may be a secret', () => {
  expect(cutText('short', 10)).toBe('short')
  expect(cutText('{"authorization":"Bearer abc.def-ghi+jkl/mno=="}', 35)).toBe('{"authorization":"Bearer …')
})

test('the path of a secret address stands in no message', async () => {
  const server = await startReceiver(() => ({ status: 200 }))
  server.next((response) => void response.socket?.destroy())
  const path = '/services/made-up'
  await expect(open(server.url + path, { secretPath: true })).rejects.toMatchObject({
    failure: { code: 'unavailable', message: expect.not.stringContaining('made-up') as unknown },
  })
})

test('an authority that cannot be read is told', async () => {
  await expect(open('https://127.0.0.1:1/', { certificates: '/nowhere/authority.pem' })).rejects.toMatchObject({
    failure: { code: 'not-found' },
  })
})
