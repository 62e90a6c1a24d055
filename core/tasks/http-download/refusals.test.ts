import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCertificate, type TestCertificate } from './certificate-suite.ts'
import { content, serve, taskRun, temporaryFolder } from './download-suite.ts'

describe('answers that bring no file', () => {
  test.each([
    [404, 'not-found', false, 'has no such file'],
    [410, 'not-found', false, 'has no such file'],
    [401, 'denied', false, 'needs credentials'],
    [403, 'denied', false, 'does not allow it'],
    [429, 'limit', true, 'It asks to be tried again after 30.0 s'],
    [503, 'unavailable', true, 'It asks to be tried again after 30.0 s'],
    [500, 'unavailable', true, 'could not answer'],
    [400, 'invalid', false, 'sent no file'],
  ])('%d is told as %s', async (status, code, retryable, says) => {
    const base = await serve((_, response) =>
      response.writeHead(status, { 'retry-after': '30' }).end('<h1>the  reason</h1>'),
    )
    const failure = await taskRun({ url: `${base}/a.csv?token=hidden` }).failure()
    expect(failure).toMatchObject({ code, retryable, detail: '<h1>the reason</h1>' })
    expect(failure.message).toContain(says)
    expect(failure.message).toContain(String(status))
    expect(failure.message).not.toContain('hidden')
  })

  test('a server that answers after two failures is fetched by the third attempt', async () => {
    let asked = 0
    const base = await serve((_, response) => {
      asked += 1
      response.writeHead(asked <= 2 ? 503 : 200).end('text')
    })
    const run = taskRun({ url: `${base}/a.csv` })
    await run.failure()
    await run.failure()
    expect(await run.attempt()).toMatchObject({ bytes: 4 })
    expect(asked).toBe(3)
  })
})

describe('limits and checks', () => {
  test('a file over its size limit is refused, whether its size is told or not', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/told') response.setHeader('content-length', 1000)
      response.write(content(500))
      response.end(content(500))
    })
    for (const path of ['/told', '/untold']) {
      const run = taskRun({ url: base + path, size_limit: '0.9 kB' })
      expect(await run.failure()).toMatchObject({ code: 'limit', retryable: false })
      expect(await run.files()).toEqual([])
    }
  })

  test('a file with another checksum is thrown away', async () => {
    const base = await serve((_, response) => response.end('text'))
    const run = taskRun({ url: `${base}/a.csv`, checksum: `sha256:${'0'.repeat(64)}` })
    const failed = await run.failure()
    expect(failed).toMatchObject({ code: 'data' })
    expect(failed.message).toContain('sha256:982d9e3e')
    expect(await run.files()).toEqual([])
  })

  test('settings that mean nothing are refused', async () => {
    const base = await serve((_, response) => response.end('text'))
    expect(await taskRun({ url: base, idle_timeout: 0 }).failure()).toMatchObject({ code: 'invalid' })
    expect(await taskRun({ url: base, headers: { a: 'line\nbreak' } }).failure()).toMatchObject({ code: 'invalid' })
    await expect(taskRun({ url: base, name: '../x' }).attempt()).rejects.toThrow('A plain file name')
  })
})

describe('redirects', () => {
  test('are followed, and credentials stay with their host', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.end('text')
    })
    const base = await serve((request, response) => {
      seen.push(request.headers.authorization)
      const to = request.url === '/trips.csv' ? '/next' : `${other}/hidden-name`
      response.writeHead(302, { location: to }).end()
    })
    const file = await taskRun({
      url: `${base}/trips.csv`,
      headers: { Authorization: 'Bearer not-for-others' },
    }).attempt()
    expect(file.name).toBe('trips.csv')
    expect(seen).toEqual(['Bearer not-for-others', 'Bearer not-for-others', undefined])
  })

  test('leave the headers and the sign-in of an endpoint behind when they lead elsewhere', async () => {
    const seen: unknown[] = []
    const note = ({ url, headers }: IncomingMessage) =>
      void seen.push([url, headers.authorization, headers['x-api-key'], headers['x-day']])
    const other = await serve((request, response) => {
      note(request)
      response.end('text')
    })
    const base = await serve((request, response) => {
      note(request)
      response.writeHead(302, { location: `${other}/there` }).end()
    })
    const endpoint = 'block:http-endpoint/rides'
    const values: Record<string, string> = { [`${endpoint}#token`]: 'made-up-token', 'block:secret/key': 'made-up-key' }
    const settings = { base_url: `${base}/v1`, auth: 'bearer', headers: { 'X-Api-Key': 'block:secret/key' } }
    const run = taskRun({ endpoint, url: 'trips.csv', headers: { 'X-Day': '1' } }, temporaryFolder(), {
      settings: () => Promise.resolve(settings),
      secret: (reference) => Promise.resolve(values[reference] ?? ''),
    })
    expect(await run.attempt()).toMatchObject({ name: 'trips.csv', bytes: 4 })
    expect(seen).toEqual([
      ['/v1/trips.csv', 'Bearer made-up-token', 'made-up-key', '1'],
      ['/there', undefined, undefined, '1'],
    ])
  })

  test('that never end, or lead nowhere, are refused', async () => {
    const base = await serve((request, response) => {
      response.writeHead(301, { location: request.url === '/loop' ? '/loop' : 'ftp://example.org/' }).end()
    })
    const failed = await taskRun({ url: `${base}/loop` }).failure()
    expect(failed).toMatchObject({ code: 'limit' })
    expect(failed.message).toContain('more than 10 times')
    expect(await taskRun({ url: `${base}/away` }).failure()).toMatchObject({ code: 'invalid' })
  })
})

describe('hosts that cannot be reached', () => {
  test('an unknown name and a closed port are told apart', async () => {
    const unknown = await taskRun({ url: 'http://no-such-host.invalid/a' }).failure()
    expect(unknown).toMatchObject({ code: 'unavailable', retryable: true })
    expect(unknown.message).toContain('DNS')
    const base = await closedPort()
    const refused = await taskRun({ url: `${base}/a` }).failure()
    expect(refused).toMatchObject({ code: 'unavailable', retryable: true })
    expect(refused.message).toContain('refused the connection')
  })

  test('what is no HTTP is told as such', async () => {
    const base = await serve((_, response) => response.socket?.end('220 mail.example.org ready\r\n'))
    expect(await taskRun({ url: base }).failure()).toMatchObject({ code: 'unavailable' })
  })
})

describe('TLS', () => {
  const authority = makeCertificate({ host: 'Test Authority' })
  const signed = makeCertificate({ host: '127.0.0.1', issuer: authority })

  const failureWith = async (certificate: TestCertificate) => {
    const base = await serve((_, response) => response.end('text'), certificate)
    const folder = temporaryFolder()
    await writeFile(join(folder, 'authority.pem'), authority.cert)
    return taskRun({ url: `${base}/a.csv`, certificates: 'authority.pem' }, folder)
  }

  test('a server whose authority is named is trusted', async () => {
    expect(await (await failureWith(signed)).attempt()).toMatchObject({ bytes: 4 })
  })

  test.each([
    ['self-signed', makeCertificate({ host: '127.0.0.1' }), 'is self-signed'],
    [
      'expired',
      makeCertificate({ host: '127.0.0.1', issuer: authority, validTo: new Date(Date.now() - 1000) }),
      'has expired',
    ],
    [
      'not valid yet',
      makeCertificate({ host: '127.0.0.1', issuer: authority, validFrom: new Date(Date.now() + 3_600_000) }),
      'not valid yet',
    ],
    ['for another host', makeCertificate({ host: 'other.example.org', issuer: authority }), 'names another host'],
    [
      'of an unknown authority',
      makeCertificate({ host: '127.0.0.1', issuer: makeCertificate({ host: 'Somebody' }) }),
      'does not know',
    ],
  ])('a certificate that is %s is refused for that reason', async (_, certificate, says) => {
    const failure = await (await failureWith(certificate)).failure()
    expect(failure).toMatchObject({ code: 'denied', retryable: false })
    expect(failure.message).toContain(says)
  })

  test('https: to a port that speaks http is told, and no redirect leads out of https', async () => {
    const plain = await serve((_, response) => response.end('text'))
    const wrong = await taskRun({ url: plain.replace('http:', 'https:') }).failure()
    expect(wrong).toMatchObject({ code: 'denied' })
    expect(wrong.message).toContain('does not speak TLS')
    const base = await serve((_, response) => response.writeHead(302, { location: plain }).end(), signed)
    const folder = temporaryFolder()
    await writeFile(join(folder, 'authority.pem'), authority.cert)
    const failure = await taskRun({ url: base, certificates: 'authority.pem' }, folder).failure()
    expect(failure).toMatchObject({ code: 'denied' })
    expect(failure.message).toContain('redirects from https: to http:')
  })
})

test('a cancelled download stops at once', async () => {
  const controller = new AbortController()
  const base = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '1000', etag: '"v1"' })
    response.write(content(500), () => controller.abort())
  })
  const run = taskRun({ url: `${base}/a.csv` })
  expect(await run.failure(controller.signal)).toMatchObject({ code: 'cancelled' })
})

const closedPort = (): Promise<string> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`))
    })
    onTestFinished(() => void server.close())
  })
