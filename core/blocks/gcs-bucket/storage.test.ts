import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderOf } from './names.ts'
import { storageSuite } from './storage-suite.ts'
import { watchedBucket } from './testing/watched-bucket.ts'

const place = watchedBucket()
const { signal } = new AbortController()

/** Beyond what is sent at once: with parts before the last one. */
const large = randomBytes(3_000_001)

/** An assertion over millions of bytes takes long, and tells nothing that a person reads. */
const isSame = (one: Buffer, other: Buffer): boolean => one.equals(other)

storageSuite((folder) => place.open({ folder: folderOf(folder) }))

describe('a bucket that is watched', () => {
  test('tells how far it is, up to the last byte', async () => {
    const seen: number[] = []
    await place.put('x', large, { progress: (bytes) => seen.push(bytes) })
    expect(seen.at(-1)).toBe(large.length)
    expect(seen).toEqual(seen.toSorted((one, other) => one - other))
    expect(seen.length).toBeGreaterThan(1)
  })

  test.each([
    ['', '/a//b.csv', 'a/b.csv'],
    ['/raw//in/', 'b.csv', 'raw/in/b.csv'],
    ['raw', 'a\\b.csv', 'raw/a/b.csv'],
  ])('in the folder “%s” the object %s is called %s', async (given, name, expected) => {
    place.storage = await place.open({ folder: folderOf(given) })
    const { name: short } = await place.put(name, 'x')
    expect(place.gcs.names('lake')).toEqual([expected])
    expect(`${folderOf(given)}${short}`).toBe(expected)
    expect((await place.storage.stat(short))?.bytes).toBe(1)
    expect((await Array.fromAsync(place.storage.list('', signal))).map((object) => object.name)).toEqual([short])
    expect(place.storage.location).toBe(`gs://lake/${folderOf(given)}`.replace(/\/$/, ''))
  })

  test.each([
    ['nothing', ''],
    ['a slash', '/'],
    ['a way up', 'a/../../b'],
    ['two lines', 'a\nb'],
    ['more than 1024 bytes', 'x'.repeat(1025)],
  ])('%s is no name of an object', async (_what, name) => {
    await expect(place.put(name, 'x')).rejects.toMatchObject({ failure: { code: 'invalid' } })
  })
})

describe('an upload', () => {
  test('that is made again, though it had come to its end, makes no other object', async () => {
    await place.put('x', large)
    const before = place.gcs.generation('lake', 'x')
    await place.put('x', large)
    expect(place.gcs.generation('lake', 'x')).toBe(before)
    expect(place.gcs.metadata('lake', 'x').contentType).toBe('application/octet-stream')
    await place.put('x.csv', 'a')
    expect(place.gcs.metadata('lake', 'x.csv').contentType).toBe('text/csv')
  })

  test('goes on where the bytes are after a cut connection', async () => {
    place.gcs.faults.plan('upload', { kind: 'reset', afterBytes: 1_500_000 })
    place.gcs.faults.plan('upload', { kind: 'reset', afterBytes: 700_000 })
    await place.put('x', large)
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
    expect(place.asked('upload-status')).toBe(2)
    expect(place.asked('begin-upload')).toBe(1)
  })

  test('whose last answer is lost is not made twice', async () => {
    place.gcs.faults.plan('upload', { kind: 'lost-answer' })
    place.gcs.faults.plan('upload', { kind: 'lost-answer' })
    await place.put('x', large)
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
    expect(place.asked('begin-upload')).toBe(1)
  })

  test('rides out a storm of 503 and 429 at every step', async () => {
    place.gcs.faults.plan('stat', { kind: 'status', status: 503 }, 2)
    place.gcs.faults.plan('begin-upload', { kind: 'status', status: 503 }, 2)
    place.gcs.faults.plan('upload', { kind: 'status', status: 503 }, 2)
    place.gcs.faults.plan('upload-status', { kind: 'status', status: 429 }, 2)
    await place.put('x', large)
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
    expect(place.gcs.faults.left()).toBe(0)
  })

  test('begins anew when its session has ended', async () => {
    place.gcs.faults.plan('upload', { kind: 'reset', afterBytes: 1_000_000 })
    place.gcs.faults.plan('upload-status', { kind: 'expire' })
    await place.put('x', large)
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
    expect(place.asked('begin-upload')).toBe(2)
  })

  test('that was spoilt on its way is refused by its checksum and made again', async () => {
    place.gcs.put('lake', 'x', 'old')
    place.gcs.faults.plan('upload', { kind: 'corrupt' })
    await place.put('x', large)
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
    place.gcs.faults.plan('upload', { kind: 'corrupt' }, 20)
    await expect(place.put('x', 'always spoilt', { uploadId: 'other' })).rejects.toMatchObject({
      failure: { code: 'data', message: expect.stringContaining('arrived changed 4 times') as unknown },
    })
    expect(isSame(place.gcs.read('lake', 'x'), large)).toBe(true)
  })

  test('leaves what somebody else made meanwhile', async () => {
    place.gcs.put('lake', 'x', 'old')
    const held = place.gcs.faults.hold('upload', 100)
    const upload = place.put('x', large)
    await held.arrived
    place.gcs.put('lake', 'x', 'theirs')
    held.release()
    await expect(upload).rejects.toMatchObject({
      failure: { code: 'conflict', message: expect.stringContaining('changed by somebody else') as unknown },
    })
    expect(place.gcs.read('lake', 'x').toString()).toBe('theirs')
  })

  test('is cancelled at once, in the middle and while it waits', async () => {
    place.gcs.put('lake', 'x', 'old')
    const held = place.gcs.faults.hold('upload', 100)
    const stop = new AbortController()
    const upload = place.put('x', large, { signal: stop.signal })
    await held.arrived
    stop.abort()
    await expect(upload).rejects.toMatchObject({ failure: { code: 'cancelled' } })
    held.release()
    place.gcs.faults.plan('stat', { kind: 'status', status: 503, retryAfter: 30 }, 9)
    const late = new AbortController()
    const waiting = place.put('x', large, { signal: late.signal })
    await expect.poll(() => place.asked('stat')).toBeGreaterThan(1)
    late.abort()
    await expect(waiting).rejects.toThrow(/abort/)
    expect(place.gcs.read('lake', 'x').toString()).toBe('old')
  })

  test('is given up when nothing helps', async () => {
    place.storage = await place.open({ patience: 1000 })
    place.gcs.faults.plan('begin-upload', { kind: 'status', status: 503 }, 99)
    await expect(place.put('x', 'x')).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: true } })
  })

  test('of a file that is gone says so', async () => {
    const missing = { path: join(place.folder, 'gone'), name: 'x', uploadId: 'a', signal, progress: () => undefined }
    await expect(place.storage.upload(missing)).rejects.toMatchObject({ failure: { code: 'not-found' } })
  })
})
