import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { z } from 'zod'

/** What something was found out from: the same files read the same way give the same. */
export type Facts = { readonly files: readonly string[]; readonly reading: unknown }

/** Answers by the content of files, so that only the first read of a file looks at all of it twice. */
export type Memory = {
  recall<T>(facts: Facts, stored: z.ZodType<T>, find: () => Promise<T>): Promise<T>
}

/** Raised when what is found out changes. */
const version = 3

/** For one job; the folder is shared by all processes of a home. Null: nothing is kept. */
export const memoryIn = (folder: string | null): Memory => {
  const hashes = new Map<string, Promise<string>>()
  const hashOf = (path: string): Promise<string> => {
    const known = hashes.get(path) ?? contentHash(path)
    hashes.set(path, known)
    return known
  }
  return {
    recall: async ({ files, reading }, stored, find) => {
      if (folder === null) return find()
      const contents: string[] = []
      for (const file of files) contents.push(await hashOf(file))
      const key = createHash('sha256').update(JSON.stringify([version, contents, reading]))
      const path = join(folder, `${key.digest('hex')}.json`)
      const known = await readStored(path, stored)
      if (known !== null) return known
      const found = await find()
      await store(folder, path, found)
      return found
    },
  }
}

const contentHash = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

const readStored = async <T>(path: string, stored: z.ZodType<T>): Promise<T | null> => {
  try {
    return stored.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    // Not there, or cut short by a crash: found out again.
    return null
  }
}

/** A full disk must not fail the read. */
const store = async (folder: string, path: string, found: unknown): Promise<void> => {
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(part, JSON.stringify(found))
    await rename(part, path)
  } catch {
    return
  }
}
