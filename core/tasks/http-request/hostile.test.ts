import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { request, valueOf } from './request-suite.ts'

/** A server that says what it likes, byte by byte. */
const raw = async (talk: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => talk(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')

const forever = (socket: Socket, chunk: Buffer | string): void => {
  const more = () => void (socket.destroyed || socket.write(chunk, more))
  more()
}

/** Every megabyte of it is a kilobyte on the way. */
const bomb = gzipSync(Buffer.alloc(200_000_000))

test.each([
  [
    'an endless body',
    (socket: Socket) => {
      socket.write(head('content-type: text/plain'))
      forever(socket, 'x'.repeat(65_536))
    },
  ],
  [
    'an endless body in chunks',
    (socket: Socket) => {
      socket.write(head('transfer-encoding: chunked'))
      forever(socket, `10000\r\n${'x'.repeat(65_536)}\r\n`)
    },
  ],
  [
    'a gzip bomb',
    (socket: Socket) => {
      socket.write(head('content-encoding: gzip', `content-length: ${bomb.length}`))
      socket.write(bomb)
    },
  ],
  ['a length beyond the limit', (socket: Socket) => void socket.write(head('content-length: 99999999999'))],
])('%s ends at the size limit', async (_, talk) => {
  const before = process.memoryUsage().rss
  const failure = await request({ url: await raw(talk), tries: 1 }).failure()
  expect(failure).toMatchObject({
    code: 'limit',
    retryable: false,
    message: containing(/more than 1(\.0)? MB.*Raise size_limit/),
  })
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
})

test('a slow drip ends at the time limit, silence at the idle timeout', async () => {
  const drip = await raw((socket) => {
    socket.write(head())
    const timer = setInterval(() => socket.write('x'), 20)
    socket.on('close', () => clearInterval(timer))
  })
  expect(await request({ url: drip, time_limit: '300ms', idle_timeout: '200ms', tries: 1 }).failure()).toMatchObject({
    code: 'timed-out',
    message: containing(/took longer than 300 ms.*raise time_limit/),
  })
  const silent = await raw((socket) => void socket.write(head('content-length: 10')))
  expect(await request({ url: silent, idle_timeout: '200ms', tries: 1 }).failure()).toMatchObject({
    code: 'timed-out',
    message: containing(/sent nothing for 200 ms.*raise idle_timeout/),
  })
})

test.each([
  ['a body shorter than it was said', head('content-length: 100') + 'short', 'unavailable', /broke the connection off/],
  [
    'a chunk that is cut',
    `${head('transfer-encoding: chunked')}ff\r\nshort`,
    'unavailable',
    /broke the connection off/,
  ],
  ['gzip that is none', head('content-encoding: gzip', 'content-length: 5') + 'short', 'data', /cannot be unpacked/],
  [
    'a packing nobody asked for',
    head('content-encoding: zstd', 'content-length: 5') + 'short',
    'data',
    /packed its answer as zstd/,
  ],
  ['no HTTP', '220 mail.example.org ready\r\n', 'unavailable', /is no HTTP/],
  [
    'headers without an end',
    `${head().slice(0, -2)}X: ${'x'.repeat(40_000)}\r\n\r\n`,
    'limit',
    /more headers than are taken/,
  ],
  [
    'JSON that is none',
    head('content-type: application/json', 'content-length: 6') + '<html>',
    'data',
    /is no JSON.*begins “<html>”/,
  ],
])('%s is told as such', async (_, text, code, says) => {
  const url = await raw((socket) => socket.end(text))
  expect(await request({ url, tries: 1 }).failure()).toMatchObject({ code, message: containing(says) })
})

test('bytes that are no text are told as such', async () => {
  const url = await raw((socket) =>
    socket.end(Buffer.concat([Buffer.from(head('content-length: 2')), Buffer.from([0xff, 0xfe])])),
  )
  expect(await request({ url, tries: 1 }).failure()).toMatchObject({
    code: 'data',
    message: containing(/no text in utf-8/),
  })
})

test('a body longer than was said ends where it was said', async () => {
  const url = await raw((socket) => socket.end(`${head('content-length: 4', 'connection: close')}shortened`))
  expect(valueOf(await request({ url, tries: 1 }).run(), 'body')).toBe('shor')
})

test.each([
  ['gzip', gzipSync('{"packed": true}')],
  ['br', brotliCompressSync('{"packed": true}')],
])('%s is unpacked', async (name, body) => {
  const url = await raw((socket) => {
    const lines = [`content-encoding: ${name}`, `content-length: ${body.length}`, 'content-type: application/json']
    socket.end(Buffer.concat([Buffer.from(head(...lines)), body]))
  })
  expect(valueOf(await request({ url }).run(), 'body')).toEqual({ packed: true })
})
