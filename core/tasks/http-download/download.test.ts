import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { content, sendRange, serve, sha256, taskRun, temporaryFolder } from './download-suite.ts'

describe('a download', () => {
  test('brings the file whole, with its checksum and progress up to the end', async () => {
    const body = content(3_000_000)
    const base = await serve((request, response) => sendRange(body, request, response))
    const run = taskRun({ url: `${base}/data/trips.bin?token=1#x`, checksum: `sha256:${sha256(body)}` })
    const file = await run.attempt()
    expect(file).toMatchObject({ name: 'trips.bin', bytes: body.length, sha256: sha256(body) })
    expect((await readFile(file.path)).equals(body)).toBe(true)
    expect(await run.files()).toEqual(['trips.bin'])
    expect(run.told.at(-1)).toEqual({ done: body.length, total: body.length, unit: 'bytes' })
    expect(run.lines.join()).not.toContain('token')
  })

  test('sends its headers, its user agent, and asks for no encoding', async () => {
    let seen: Record<string, unknown> = {}
    const base = await serve((request, response) => {
      seen = request.headers
      response.end('x')
    })
    await taskRun({
      url: `${base}/a`,
      headers: { 'X-Day': '1', 'accept-encoding': 'br' },
      user_agent: 'tester',
    }).attempt()
    expect(seen).toMatchObject({ 'x-day': '1', 'user-agent': 'tester', 'accept-encoding': 'identity' })
  })

  test('that is empty, or of unknown length, is a file too', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/chunked') response.write('some ')
      response.end(request.url === '/chunked' ? 'text' : '')
    })
    expect(await taskRun({ url: `${base}/empty` }).attempt()).toMatchObject({ bytes: 0 })
    expect(await taskRun({ url: `${base}/chunked` }).attempt()).toMatchObject({ bytes: 9 })
  })

  test('of a web page where data is expected is warned of', async () => {
    const base = await serve((_, response) =>
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>'),
    )
    const run = taskRun({ url: `${base}/trips.csv` })
    await run.attempt()
    expect(run.lines.join()).toContain('warning: The server says that trips.csv is a web page')
  })
})

describe('gzip is known by content', () => {
  const zipped = gzipSync('a,b\n1,2\n')
  const name = async (path: string, body: Buffer | string, headers: Record<string, string> = {}, settings = {}) => {
    const base = await serve((_, response) => response.writeHead(200, headers).end(body))
    const run = taskRun({ url: base + path, ...settings })
    const file = await run.attempt()
    return { name: file.name, bytes: file.bytes, lines: run.lines.join() }
  }

  test('and is never decoded on the way', async () => {
    const encoded = { 'content-encoding': 'gzip', 'content-type': 'text/csv' }
    expect(await name('/trips.csv.gz', zipped)).toMatchObject({ name: 'trips.csv.gz', bytes: zipped.length })
    expect(await name('/trips.csv.gz', zipped, encoded)).toMatchObject({ name: 'trips.csv.gz', bytes: zipped.length })
    expect(await name('/trips.csv', zipped, encoded)).toMatchObject({ name: 'trips.csv.gz', bytes: zipped.length })
    expect(await name('/trips.csv.gz', 'a,b\n1,2\n')).toMatchObject({ name: 'trips.csv' })
  })

  test('but a name the user gives stays', async () => {
    const given = await name('/x', 'a,b\n', {}, { name: 'trips.csv.gz' })
    expect(given.name).toBe('trips.csv.gz')
    expect(given.lines).toContain('not compressed with gzip')
  })
})

describe('a connection that breaks', () => {
  test('is taken up again where it broke, however often', async () => {
    const body = content(200_000)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 8 }), async (breaks) => {
        const left = [...breaks]
        const base = await serve((request, response) => {
          const breakAfter = left.shift()
          sendRange(body, request, response, breakAfter === undefined ? {} : { breakAfter })
        })
        const file = await taskRun({ url: `${base}/trips.bin` }).attempt()
        expect(file.sha256).toBe(sha256(body))
      }),
      { numRuns: 15 },
    )
  })

  test('is taken up by the next attempt when this one gives up', async () => {
    const body = content(500_000)
    const ranges: (string | undefined)[] = []
    let up = true
    const base = await serve((request, response) => {
      ranges.push(request.headers.range)
      if (up && ranges.length > 1) response.writeHead(503).end('later')
      else sendRange(body, request, response, ranges.length === 1 ? { breakAfter: 300_000 } : {})
    })
    const run = taskRun({ url: `${base}/trips.bin` })
    expect(await run.failure()).toMatchObject({ code: 'unavailable', retryable: true })
    up = false
    expect((await run.attempt()).sha256).toBe(sha256(body))
    expect(ranges.at(-1)).toBe('bytes=300000-')
    expect(await run.files()).toEqual(['trips.bin'])
  })

  test('of a file that has changed since begins anew', async () => {
    const [before, after] = [content(100_000), Buffer.from(content(90_000).toReversed())]
    let asked = 0
    const base = await serve((request, response) => {
      asked += 1
      if (asked === 1) sendRange(before, request, response, { breakAfter: 50_000 })
      else sendRange(after, request, response, { etag: '"v2"' })
    })
    const run = taskRun({ url: `${base}/trips.bin` })
    expect((await run.attempt()).sha256).toBe(sha256(after))
    expect(run.lines.join()).toContain('beginning anew')
  })

  test.each([
    ['another part', { 'content-range': 'bytes 10-99999/100000' }, 206],
    ['a refusal of the range', {}, 416],
  ])('and is answered with %s begins anew', async (_, headers, status) => {
    const body = content(100_000)
    let asked = 0
    const base = await serve((request, response) => {
      asked += 1
      if (asked === 2) response.writeHead(status, headers).end()
      else sendRange(body, request, response, asked === 1 ? { breakAfter: 50_000 } : {})
    })
    expect((await taskRun({ url: `${base}/trips.bin` }).attempt()).sha256).toBe(sha256(body))
    expect(asked).toBe(3)
  })

  test('is not taken up where nothing tells that the file is still the same', async () => {
    const body = content(100_000)
    const base = await serve((request, response) =>
      sendRange(body, request, response, { etag: null, breakAfter: 40_000 }),
    )
    const failure = await taskRun({ url: `${base}/trips.bin` }).failure()
    expect(failure).toMatchObject({ code: 'unavailable', retryable: true })
    expect(failure.message).toContain('broke the connection off after 40.0 kB of 100 kB')
  })

  test('by an end that comes too early is no end', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('only this', () => response.socket?.end())
    })
    expect((await taskRun({ url: `${base}/short.csv` }).failure()).message).toContain('after 9 B of 1.0 kB')
  })

  test('by silence is a failure of its own', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': '1000' }).write('some')
    })
    for (const path of ['/body', '/head']) {
      const failure = await taskRun({ url: base + path, idle_timeout: '150ms' }).failure()
      expect(failure).toMatchObject({ code: 'timed-out', retryable: true })
      expect(failure.message).toContain('sent nothing for 150 ms')
    }
  })
})

describe('local files', () => {
  test('are taken by path relative to the flow, and by file: URL', async () => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'zones.csv'), 'id\n1\n')
    const byPath = taskRun({ url: './zones.csv' }, folder)
    const file = await byPath.attempt()
    expect(file).toMatchObject({ name: 'zones.csv', bytes: 5, path: join(byPath.results, 'zones.csv') })
    await writeFile(join(folder, 'zones.csv'), 'changed')
    expect(await readFile(file.path, 'utf8')).toBe('id\n1\n')
    const byUrl = await taskRun({ url: new URL(`file://${folder}/zones.csv`).href }).attempt()
    expect(byUrl).toMatchObject({ name: 'zones.csv', bytes: 7 })
  })

  test('that are missing, folders, or too large are refused', async () => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'zones.csv'), 'id\n1\n')
    expect(await taskRun({ url: 'none.csv' }, folder).failure()).toMatchObject({ code: 'not-found' })
    expect(await taskRun({ url: '.' }, folder).failure()).toMatchObject({ code: 'invalid' })
    expect(await taskRun({ url: 'zones.csv', size_limit: 4 }, folder).failure()).toMatchObject({ code: 'limit' })
    expect(await taskRun({ url: 'ftp://example.org/a' }).failure()).toMatchObject({ code: 'invalid' })
    expect(await taskRun({ url: 'http://' }).failure()).toMatchObject({ code: 'invalid' })
  })
})
