import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Effect, Operation } from '#test/fakes/gcs/faults.ts'
import { watchedBucket } from './testing/watched-bucket.ts'

const place = watchedBucket()
const { signal } = new AbortController()

/** Beyond what is sent at once: with parts before the last one. */
const large = randomBytes(3_000_001)

/** An assertion over millions of bytes takes long, and tells nothing that a person reads. */
const isSame = (one: Buffer, other: Buffer): boolean => one.equals(other)

/** Everything that can go wrong with a request, and passes. */
const trouble: fc.Arbitrary<readonly [Operation, Effect]> = fc.oneof(
  fc.tuple(
    fc.constantFrom<Operation>('stat', 'begin-upload', 'upload', 'upload-status', 'download'),
    fc.oneof(
      fc.constantFrom(429, 500, 502, 503, 504).map((status): Effect => ({ kind: 'status', status })),
      fc.nat(1_200_000).map((afterBytes): Effect => ({ kind: 'reset', afterBytes })),
    ),
  ),
  fc.tuple(
    fc.constantFrom<Operation>('begin-upload', 'upload', 'upload-status'),
    fc.constant<Effect>({ kind: 'lost-answer' }),
  ),
  fc.tuple(fc.constantFrom<Operation>('upload', 'upload-status'), fc.constant<Effect>({ kind: 'expire' })),
  fc.tuple(fc.constantFrom<Operation>('upload', 'download'), fc.constant<Effect>({ kind: 'corrupt' })),
)

test('whatever goes wrong in whatever order, an object is there once and whole, and comes back as it went', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { maxLength: 8 }), fc.nat(1_500_000), async (troubles, bytes) => {
      const name = `property/${randomBytes(6).toString('hex')}`
      const content = large.subarray(0, bytes)
      for (const [operation, effect] of troubles) place.gcs.faults.plan(operation, effect)
      // Sessions and spoilt bytes are given up after a few; then a task is tried again.
      const tries = async <T>(work: () => Promise<T>): Promise<T> => {
        for (;;) {
          const planned = place.gcs.faults.left()
          try {
            return await work()
          } catch (error) {
            if (planned === 0) throw error
          }
        }
      }
      await tries(() => place.put(name, content))
      const { generation } = place.gcs.metadata('lake', name)
      expect(isSame(place.gcs.read('lake', name), content)).toBe(true)
      expect(isSame(await tries(() => place.get(name)), content)).toBe(true)
      await tries(() => place.put(name, content))
      expect(place.gcs.generation('lake', name)).toBe(generation)
      place.gcs.faults.clear()
    }),
    {
      numRuns: 40,
      // As many as end a try, with none left for the next.
      examples: [[Array.from({ length: 4 }, () => ['upload', { kind: 'expire' }] as const), 0]],
    },
  )
})

describe('a download', () => {
  beforeEach(() => place.gcs.put('lake', 'x', large))

  test('goes on where a connection was cut', async () => {
    place.gcs.faults.plan('download', { kind: 'reset', afterBytes: 1_000_000 })
    place.gcs.faults.plan('download', { kind: 'status', status: 503 })
    place.gcs.faults.plan('download', { kind: 'reset', afterBytes: 500_000 })
    expect(isSame(await place.get('x'), large)).toBe(true)
    expect(place.asked('download')).toBe(4)
  })

  test('that came changed is made again, and fails when it stays so', async () => {
    place.gcs.faults.plan('download', { kind: 'corrupt' })
    expect(isSame(await place.get('x'), large)).toBe(true)
    place.gcs.faults.plan('stat', { kind: 'corrupt' })
    await expect(place.get('x')).rejects.toMatchObject({ failure: { code: 'data' } })
    expect(readdirSync(join(place.folder, 'back'))).toEqual(['file'])
  })

  test('of an object that is replaced meanwhile mixes nothing', async () => {
    place.gcs.faults.plan('download', { kind: 'reset', afterBytes: 1_000_000 })
    const path = join(place.folder, 'replaced', 'x')
    const replace = () => place.gcs.put('lake', 'x', 'new')
    const download = place.storage.download({ name: 'x', path, signal, progress: replace })
    await expect(download).rejects.toMatchObject({ failure: { code: 'conflict', retryable: true } })
    expect(readdirSync(join(place.folder, 'replaced'))).toEqual([])
    expect((await place.get('x')).toString()).toBe('new')
  })

  test('is cancelled at once, and leaves nothing', async () => {
    const held = place.gcs.faults.hold('download', 100_000)
    const stop = new AbortController()
    const path = join(place.folder, 'cancelled', 'x')
    const download = place.storage.download({ name: 'x', path, signal: stop.signal, progress: () => undefined })
    await held.arrived
    stop.abort()
    await expect(download).rejects.toMatchObject({ failure: { code: 'cancelled' } })
    held.release()
    expect(readdirSync(join(place.folder, 'cancelled'))).toEqual([])
  })
})
