import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { InferredTypes } from './csv-types.ts'

/** What the types were inferred from: the same files read the same way have the same types. */
export type InferenceFacts = { readonly files: readonly string[]; readonly reading: unknown }

const Stored = z.object({ types: z.array(z.tuple([z.string(), z.string()])), empty: z.array(z.string()) })

/** Raised when inference changes. */
const version = 1

/** Types by the content of the files, so that only the first read of a file looks at all its values twice. */
export const rememberedTypes = async (
  folder: string | null,
  facts: InferenceFacts,
  infer: () => Promise<InferredTypes>,
): Promise<InferredTypes> => {
  if (folder === null) return infer()
  const path = join(folder, `${await keyOf(facts)}.json`)
  const stored = await readStored(path)
  if (stored) return stored
  const inferred = await infer()
  await store(folder, path, inferred)
  return inferred
}

const keyOf = async ({ files, reading }: InferenceFacts): Promise<string> => {
  const contents: string[] = []
  for (const path of files) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
    contents.push(hash.digest('hex'))
  }
  return createHash('sha256')
    .update(JSON.stringify([version, contents, reading]))
    .digest('hex')
}

const readStored = async (path: string): Promise<InferredTypes | null> => {
  try {
    const { types, empty } = Stored.parse(JSON.parse(await readFile(path, 'utf8')))
    return { types: new Map(types), empty }
  } catch {
    // Not there, or cut short by a crash: inferred again.
    return null
  }
}

/** A full disk must not fail the read. */
const store = async (folder: string, path: string, { types, empty }: InferredTypes): Promise<void> => {
  const part = `${path}.${process.pid}.part`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(part, JSON.stringify({ types: [...types], empty }))
    await rename(part, path)
  } catch {
    return
  }
}
