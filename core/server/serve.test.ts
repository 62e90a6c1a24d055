import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { serve, type ScreenServer } from './serve.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-serve-'))
const home = path.join(folder, 'home')
const token = 'a-token-of-this-test'
let server: ScreenServer
/** Messages that reached the engine. */
const reached: string[] = []

beforeAll(async () => {
  const screen = path.join(folder, 'screen')
  mkdirSync(path.join(screen, 'assets'), { recursive: true })
  mkdirSync(path.join(home, 'runs'), { recursive: true })
  writeFileSync(path.join(screen, 'index.html'), '<!doctype html>')
  writeFileSync(path.join(screen, 'assets/app.js'), 'run()')
  writeFileSync(path.join(folder, 'secret.txt'), 'not ours to give')
  writeFileSync(path.join(home, 'state.db'), 'database')
  writeFileSync(path.join(home, 'runs/result.csv'), 'a,b\n1,2\n')
  const accept = {
    socket: (socket: WebSocket) => void socket.on('message', (data: Buffer) => reached.push(data.toString())),
    port: () => undefined,
  }
  const identity = { home, version: '1.2.3' }
  server = await serve({ accept, screen, host: '127.0.0.1', port: 0, token, identity, headTimeout: 500 })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Sends bytes as they are, and reads what comes back until the other side closes. */
const send = async (...lines: readonly string[]): Promise<string> => {
  const socket = connect(server.port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

const raw = (...lines: readonly string[]) => send(...lines, 'Connection: close')

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
const host = 'Host: 127.0.0.1:4200'

test('the screen comes with a policy that lets nothing of elsewhere in', async () => {
  const answer = await raw('GET / HTTP/1.1', host)
  expect(statusOf(answer)).toBe(200)
  expect(answer).toContain('<!doctype html>')
  expect(answer.toLowerCase()).toContain("default-src 'none'; script-src 'self'")
  expect(answer.toLowerCase()).toContain("connect-src 'self';")
  expect(answer).toMatch(/x-frame-options: DENY/i)
})

test.each(['localhost:9', '127.0.0.1', '[::1]:4200', 'LOCALHOST:80'])(
  'the Host %s is ours at any port',
  async (name) => {
    expect(statusOf(await raw('GET / HTTP/1.1', `Host: ${name}`))).toBe(200)
  },
)

test.each([
  'rebound.example.org:4200',
  '127.0.0.1.example.org',
  '0.0.0.0:4200',
  '192.168.0.9',
  'localhost.',
  'x@localhost',
  '',
])('a page that reached us as %j gets nothing', async (name) => {
  for (const target of ['/', '/identity', '/assets/app.js'])
    expect(statusOf(await raw(`GET ${target} HTTP/1.1`, `Host: ${name}`))).toBe(403)
})

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '//127.0.0.1/secret.txt',
  '/index.html%00.txt',
  'http://127.0.0.1/../secret.txt',
  '/downloads/../../secret.txt',
  '/home/state.db',
])('no path leads out of the screen: %s', async (target) => {
  const answer = await raw(`GET ${target} HTTP/1.1`, host)
  expect(statusOf(answer)).toBe(404)
  expect(answer).not.toContain('not ours')
})

test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
  expect(statusOf(await raw(`${method} / HTTP/1.1`, host))).toBe(405)
})

const upgrade = (target: string, ...headers: readonly string[]) =>
  send(
    `GET ${target} HTTP/1.1`,
    ...headers,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  )

const origin = 'Origin: http://localhost:4200'

test.each([
  ['no token', '/engine', host, origin],
  ['a wrong token', `/engine?token=${token.replace('a', 'b')}`, host, origin],
  ['half a token', `/engine?token=${token.slice(0, 8)}`, host, origin],
  ['no origin', `/engine?token=${token}`, host],
  ['the origin of another site', `/engine?token=${token}`, host, 'Origin: https://example.org'],
  ['an origin that only begins like ours', `/engine?token=${token}`, host, 'Origin: http://localhost.example.org'],
  ['the origin of a file', `/engine?token=${token}`, host, 'Origin: null'],
  ['a name of its own', `/engine?token=${token}`, 'Host: rebound.example.org', 'Origin: http://rebound.example.org'],
  ['another path', `/other?token=${token}`, host, origin],
])('a socket with %s is refused before the engine hears of it', async (_what, target, ...headers) => {
  expect(statusOf(await upgrade(target, ...headers))).toBe(403)
})

const open = async (): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/engine?token=${token}`, { origin: 'http://localhost:1' })
  await once(socket, 'open')
  return socket
}

test('a page with the token talks to the engine, whatever port it came through', async () => {
  const socket = await open()
  socket.send('hello')
  await expect.poll(() => reached).toContain('hello')
  socket.close()
})

test('a message that no page of ours sends ends its connection, and only that', async () => {
  const [first, second] = [await open(), await open()]
  const closed = once(first, 'close')
  first.on('error', () => undefined)
  first.send(Buffer.alloc(65 * 2 ** 20))
  expect((await closed)[0]).toBe(1009)
  second.send('still here')
  await expect.poll(() => reached).toContain('still here')
  second.close()
})

const post = (target: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${server.port}${target}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, origin: 'http://localhost:4200', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  })

test('an upload lies in the home, byte for byte, under its own name', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  const response = await post(`/upload?name=${encodeURIComponent('../../Fahrten 2020.csv')}`, content)
  const answer = (await response.json()) as { name: string; path: string; bytes: number }
  expect(answer).toMatchObject({ name: 'Fahrten 2020.csv', bytes: 300_000 })
  expect(path.relative(home, answer.path)).toMatch(/^uploads\/\w+\/Fahrten 2020\.csv$/)
  expect(readFileSync(answer.path).equals(content)).toBe(true)
})

test.each([
  ['no token', { authorization: '' }],
  ['a wrong token', { authorization: 'Bearer nothing' }],
  ['another origin', { origin: 'https://example.org' }],
])('an upload with %s leaves nothing behind', async (_what, headers) => {
  const before = readdirSync(path.join(home, 'uploads')).length
  expect((await post('/upload?name=a.csv', 'a', headers)).status).toBe(403)
  expect(readdirSync(path.join(home, 'uploads')).length).toBe(before)
})

test('a page can ask whether its token is the one', async () => {
  expect((await post('/token', '')).status).toBe(204)
  expect((await post('/token', '', { authorization: 'Bearer another' })).status).toBe(403)
  expect((await post('/token', '', { origin: 'https://example.org' })).status).toBe(403)
})

test('a result is given out once for each ticket', async () => {
  const response = await post('/downloads', JSON.stringify({ path: path.join(home, 'runs/result.csv') }))
  const { address } = (await response.json()) as { address: string }
  const url = `http://127.0.0.1:${server.port}/${address}`
  const first = await fetch(url)
  expect(first.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''result.csv")
  expect(await first.text()).toBe('a,b\n1,2\n')
  expect((await fetch(url)).status).toBe(404)
})

test('nothing but results is given out', async () => {
  symlinkSync(path.join(folder, 'secret.txt'), path.join(home, 'runs/link.csv'))
  const wanted = [
    'state.db',
    'runs',
    'runs/missing.csv',
    'runs/link.csv',
    'runs/../state.db',
    '../secret.txt',
    '/etc/passwd',
  ]
  for (const file of wanted) {
    const response = await post('/downloads', JSON.stringify({ path: path.resolve(home, file) }))
    expect([403, 404]).toContain(response.status)
  }
  expect((await post('/downloads', 'no JSON')).status).toBe(400)
  expect((await post('/downloads', JSON.stringify({ path: 'a'.repeat(50_000) }))).status).toBe(400)
})

test('a connection that never says what it wants is closed, and others are served meanwhile', async () => {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined).resume()
  const closed = once(socket, 'close')
  socket.write('GET / HTTP/1.1\r\nHost: loc')
  expect(statusOf(await raw('GET / HTTP/1.1', host))).toBe(200)
  await closed
})
