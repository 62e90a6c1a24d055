import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { StorageClient } from '#core/kinds/capabilities.ts'

const { signal } = new AbortController()
const none = { signal, progress: () => undefined }

/** Beyond what is sent at once: with parts before the last one. */
const large = randomBytes(3_000_001)

/**
 * What holds for every bucket, Google's own and the one that stands in for it in tests. `open` gives a bucket whose
 * folder of that name is empty.
 */
export const storageSuite = (open: (folder: string) => Promise<StorageClient>): void => {
  const local = mkdtempSync(join(tmpdir(), 'millrace-bucket-'))
  afterAll(() => rmSync(local, { recursive: true, force: true }))
  const source = join(local, 'source')

  const put = (storage: StorageClient, name: string, content: string | Buffer, uploadId = 'run/upload') => {
    writeFileSync(source, content)
    return storage.upload({ path: source, name, uploadId, ...none })
  }
  const get = async (storage: StorageClient, name: string): Promise<Buffer> => {
    const path = join(local, 'back', 'file')
    await storage.download({ name, path, ...none })
    return readFileSync(path)
  }
  const names = async (storage: StorageClient, prefix = '') =>
    (await Array.fromAsync(storage.list(prefix, signal))).map(({ name }) => name)

  describe('a bucket', () => {
    test.each([0, 1, 262_144, 262_145, 3_000_001])('keeps %i bytes as they are', async (bytes) => {
      const storage = await open('sizes')
      const content = large.subarray(0, bytes)
      expect(await put(storage, 'a/x.parquet', content)).toMatchObject({ name: 'a/x.parquet', bytes })
      expect(await storage.stat('a/x.parquet')).toMatchObject({ name: 'a/x.parquet', bytes })
      expect((await get(storage, 'a/x.parquet')).equals(content)).toBe(true)
    })

    test('lists by the beginning of names, and deletes', async () => {
      const storage = await open('lists')
      for (const name of ['c', 'a/2', 'a/b/4', 'a/1', 'a/3']) await put(storage, name, name)
      expect(await names(storage)).toEqual(['a/1', 'a/2', 'a/3', 'a/b/4', 'c'])
      expect(await names(storage, '/a/')).toEqual(['a/1', 'a/2', 'a/3', 'a/b/4'])
      await storage.delete('a/1')
      await storage.delete('a/1')
      expect(await storage.stat('a/1')).toBeNull()
      expect(await storage.stat('c')).toMatchObject({ name: 'c', bytes: 1 })
    })

    test.each(['/a//b.csv', 'a\\b.csv', './a/b.csv', 'a/b.csv'])(
      '%s becomes a name with single slashes',
      async (name) => {
        const storage = await open('names')
        expect(await put(storage, name, 'x')).toMatchObject({ name: 'a/b.csv' })
        expect(await names(storage)).toEqual(['a/b.csv'])
      },
    )

    test('names of all alphabets, with spaces and signs, come back as they went', async () => {
      const storage = await open('signs')
      const name = 'Übersicht 1/50% + ü?&#=[x]*.csv'
      await put(storage, name, 'x')
      expect(await names(storage)).toEqual([name])
      expect((await get(storage, name)).toString()).toBe('x')
      await storage.delete(name)
      expect(await names(storage)).toEqual([])
    })

    test('an upload of a second run takes the place of the first', async () => {
      const storage = await open('again')
      await put(storage, 'x', 'one', 'first')
      await put(storage, 'x', 'two', 'second')
      expect((await get(storage, 'x')).toString()).toBe('two')
    })

    test('an upload that is made again, though it had come to its end, changes nothing', async () => {
      const storage = await open('repeated')
      const before = await put(storage, 'x', large)
      expect(await put(storage, 'x', large)).toEqual(before)
      await put(storage, 'x', 'changed meanwhile')
      expect((await get(storage, 'x')).toString()).toBe('changed meanwhile')
    })

    test('what is not there says so', async () => {
      const storage = await open('absent')
      expect(await storage.stat('y')).toBeNull()
      await expect(get(storage, 'y')).rejects.toMatchObject({ failure: { code: 'not-found' } })
    })
  })
}
