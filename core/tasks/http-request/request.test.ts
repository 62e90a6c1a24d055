import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startReceiver, type Answer } from '#test/fakes/notify/receiver.ts'
import { containing } from '#test/fixtures/containing.ts'
import { contentOf, request, valueOf } from './request-suite.ts'

const json = (body: string, status = 200): Answer => ({ status, headers: { 'content-type': 'application/json' }, body })

describe('a request', () => {
  test('sends method, query, headers and JSON, and gives status, headers and value', async () => {
    const server = await startReceiver(() => json('{"ok": true}', 201))
    const settings = {
      method: 'POST',
      url: `${server.url}/rides?a=1`,
      query: { zone: ['Queens', 'The Bronx'], limit: 5, none: null },
      headers: { 'X-Day': '1' },
      json: { month: 11 },
    }
    const outputs = await request(settings).run()
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/rides?a=1&zone=Queens&zone=The+Bronx&limit=5',
      headers: { 'x-day': '1', 'content-type': 'application/json', 'content-length': '12' },
      body: '{"month":11}',
    })
    expect([valueOf(outputs, 'status'), valueOf(outputs, 'body')]).toEqual([201, { ok: true }])
    expect(valueOf(outputs, 'headers')).toMatchObject({ 'content-type': 'application/json' })
  })

  test('can carry a key in its URL, which no line and no message shows', async () => {
    const server = await startReceiver(() => ({ status: 500 }))
    const secrets = { 'block:secret/key': 'made-up-key' }
    const run = request({ url: server.url, query: { api_key: 'block:secret/key' } }, { secrets })
    const failure = await run.failure()
    expect(server.received[0]?.path).toBe('/?api_key=made-up-key')
    expect(JSON.stringify([failure, run.lines])).not.toContain('made-up-key')
  })

  test('of POST and PATCH carries a key that is the same at every attempt', async () => {
    const server = await startReceiver(() => ({ status: 200 }))
    const one = request({ method: 'POST', url: server.url })
    await one.run()
    await one.run()
    await request({ method: 'PUT', url: server.url }).run()
    const keys = server.received.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(keys).toEqual([keys[0], keys[0], undefined])
  })

  test('can give its answer as a file', async () => {
    const server = await startReceiver(() => ({
      status: 200,
      headers: { 'content-disposition': 'attachment; filename="../export.csv"' },
      body: 'a,b\n1,2\n',
    }))
    const outputs = await request({ url: server.url, answer: 'file' }).run()
    expect(outputs['file']).toMatchObject({ name: 'export.csv', bytes: 8 })
    expect(contentOf(outputs)).toBe('a,b\n1,2\n')
    expect(outputs['body']).toBeUndefined()
  })

  test('loses no digit of a whole number', async () => {
    const server = await startReceiver(() => json('{"id": 9007199254740993, "n": 1.5, "t": "9007199254740993"}'))
    const run = request({ url: server.url })
    expect(valueOf(await run.run(), 'body')).toEqual({ id: '9007199254740993', n: 1.5, t: '9007199254740993' })
    expect(run.lines.join()).toContain('no digit is lost')
  })

  test.each([
    [{ url: 'https://example.org', json: {}, body: 'x' }, /not both/],
    [{ url: 'https://example.org', body: 'x' }, /GET and HEAD send no body/],
    [{ url: 'https://example.org', expected: ['ok'] }, /A status such as 200/],
    [{ url: 'rides' }, /is no web address/],
    [{ url: 'ftp://example.org/' }, /is no web address/],
    [{ url: 'http://example.org', headers: { 'X-Key': 'block:secret/key' } }, /could read what is secret in it/],
  ])('%o is refused', async (settings, says) => {
    await expect(request(settings, { secrets: { 'block:secret/key': 'made-up-key' } }).run()).rejects.toThrow(says)
  })
})

describe('an answer that was not expected', () => {
  test.each([
    [401, 'denied', false],
    [404, 'not-found', false],
    [409, 'conflict', false],
    [422, 'invalid', false],
    [500, 'unavailable', true],
  ])('of %d is told with what the server said', async (status, code, retryable) => {
    const server = await startReceiver(() => ({ status, body: 'the  reason' }))
    const failure = await request({ url: `${server.url}/x?token=hidden` }).failure()
    expect(failure).toMatchObject({ code, retryable, detail: 'the reason', message: containing(/“the reason”/) })
    expect(failure.message).not.toContain('hidden')
    expect(server.received.length).toBe(1)
  })

  test('may be expected', async () => {
    const server = await startReceiver(() => ({ status: 404, body: 'none' }))
    expect(valueOf(await request({ url: server.url, expected: ['2xx', '404'] }).run(), 'status')).toBe(404)
  })
})

describe('a request that came to nothing', () => {
  test('is sent again where that does no harm, when the server said', async () => {
    const server = await startReceiver(() => json('1'))
    server.next({ status: 503, headers: { 'retry-after': '0' } }, (response) => void response.socket?.destroy())
    const run = request({ url: server.url })
    expect(valueOf(await run.run(), 'body')).toBe(1)
    expect(server.received.length).toBe(3)
    expect(run.lines.filter((line) => line.startsWith('warning'))).toHaveLength(2)
  })

  test('is sent once where it may have been carried out', async () => {
    const server = await startReceiver(() => json('1'))
    server.next((response) => void response.socket?.destroy())
    const failure = await request({ method: 'POST', url: server.url, json: {} }).failure()
    expect(failure).toMatchObject({ code: 'unavailable', message: containing(/carried the POST out is not known/) })
    server.next({ status: 503, headers: { 'retry-after': '0' } })
    expect(await request({ method: 'POST', url: server.url }).failure()).toMatchObject({ retryable: true })
    expect(server.received.length).toBe(2)
  })

  test('stops at once when the run is cancelled', async () => {
    const controller = new AbortController()
    const server = await startReceiver(() => json('1'))
    server.next(() => controller.abort())
    const run = request({ url: server.url }, { signal: controller.signal })
    expect(await run.failure()).toMatchObject({ code: 'cancelled' })
    expect(server.received.length).toBe(1)
  })
})

describe('an endpoint', () => {
  const reference = 'block:http-endpoint/rides'
  const secrets = { [`${reference}#token`]: 'made-up-token-0123', 'block:secret/key': 'made-up-key-0123' }
  const withEndpoint = (base: string) => ({
    blocks: {
      [reference]: { base_url: base, auth: 'bearer', headers: { 'X-Api-Key': 'block:secret/key', 'X-Team': 'data' } },
    },
    secrets,
  })

  test('gives base URL, headers and sign-in', async () => {
    const server = await startReceiver(() => json('1'))
    await request({ endpoint: reference, url: '/rides/11?a=1' }, withEndpoint(`${server.url}/v1`)).run()
    expect(server.received[0]).toMatchObject({
      path: '/v1/rides/11?a=1',
      headers: { authorization: 'Bearer made-up-token-0123', 'x-api-key': 'made-up-key-0123', 'x-team': 'data' },
    })
  })

  test('keeps them from another host that it redirects to', async () => {
    const other = await startReceiver(() => json('2'))
    const server = await startReceiver(({ path }) => ({
      status: 302,
      headers: { location: path === '/v1/a' ? '/v1/b' : `${other.url}/c` },
    }))
    expect(
      valueOf(await request({ endpoint: reference, url: 'a' }, withEndpoint(`${server.url}/v1`)).run(), 'body'),
    ).toBe(2)
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer made-up-token-0123'),
    )
    const { headers = {} } = other.received[0] ?? {}
    expect(['authorization', 'x-api-key', 'x-team'].map((name) => headers[name])).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('sends no body on to another host', async () => {
    const other = await startReceiver(() => json('2'))
    const server = await startReceiver(() => ({ status: 307, headers: { location: `${other.url}/c` } }))
    const settings = { endpoint: reference, method: 'POST', url: 'a', json: { secret: 'plan' } }
    expect(await request(settings, withEndpoint(server.url)).failure()).toMatchObject({ code: 'denied' })
    expect(other.received).toEqual([])
  })

  test.each(['../x', '//elsewhere.example/x', 'https://elsewhere.example/', 'a/../../x', '..%2fx/../../x'])(
    'is not left by the path %j',
    async (url) => {
      const server = await startReceiver(() => json('1'))
      const failure = await request({ endpoint: reference, url }, withEndpoint(`${server.url}/v1`))
        .failure()
        .catch(() => null)
      const paths = server.received.map(({ path }) => path)
      expect(paths.every((path) => path.startsWith('/v1/'))).toBe(true)
      expect(failure !== null || paths.length === 1).toBe(true)
    },
  )

  test('says nothing that is secret over http: to another machine', async () => {
    const settings = { endpoint: reference, url: 'a' }
    expect(await request(settings, withEndpoint('http://example.org/v1')).failure()).toMatchObject({ code: 'denied' })
  })
})

test('no part of a file stays when it was too large', async () => {
  const server = await startReceiver(() => ({ status: 200, body: 'x'.repeat(100_000) }))
  const run = request({ url: server.url, answer: 'file', size_limit: '50 kB' })
  expect(await run.failure()).toMatchObject({ code: 'limit' })
  expect(readdirSync(run.results)).toEqual([])
})
