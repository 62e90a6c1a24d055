import { createHash } from 'node:crypto'
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { HttpAnswer } from '#core/kinds/http/http.ts'

/** Our own disk failed, not the network. */
export class NotWritten extends Error {}

/** What has come of a file so far, with what the server called that version of it. Outlives a broken attempt. */
export type PartialFile = {
  readonly path: string
  /** Bytes that are there, and whose version they are; null when nothing can be continued. */
  begun(): Promise<Begun | null>
  /** Throws away what is there and begins anew. */
  begin(version: Version): Promise<void>
  append(body: HttpAnswer['body'], onBytes: (bytes: number) => void): Promise<void>
  /** The file stays; the note about it goes. */
  finish(): Promise<void>
  discard(): Promise<void>
}

const Version = z.object({
  /** SHA-256 of the URL, which may hold a token. */
  url: z.string(),
  /** A strong ETag or a Last-Modified, as If-Range takes; null when the server gives neither. */
  validator: z.string().nullable(),
  total: z.number().nullable(),
  name: z.string(),
})

export type Version = z.output<typeof Version>
export type Begun = { readonly bytes: number; readonly version: Version }

export const urlHash = (url: URL): string => createHash('sha256').update(url.href).digest('hex')

export const partialFile = (folder: string, url: URL): PartialFile => {
  const path = join(folder, '.download.part')
  const note = join(folder, '.download.json')
  const discard = async () => {
    await rm(path, { force: true })
    await rm(note, { force: true })
  }
  return {
    path,
    discard,
    begun: async () => {
      const version = await readNote(note)
      const bytes = await sizeOf(path)
      return version?.url === urlHash(url) && bytes !== null ? { bytes, version } : null
    },
    begin: async (version) => {
      await discard()
      await writeFile(note, JSON.stringify(version)).catch(notWritten)
      await writeFile(path, '').catch(notWritten)
    },
    append: async (body, onBytes) => {
      const file = await open(path, 'a').catch(notWritten)
      try {
        for await (const chunks of body) {
          const { bytesWritten } = await file.writev(chunks).catch(notWritten)
          if (bytesWritten < sizeOfAll(chunks)) throw new NotWritten('only a part was written')
          onBytes(bytesWritten)
        }
      } finally {
        await file.close()
      }
    },
    finish: () => rm(note, { force: true }),
  }
}

const sizeOfAll = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0)

const notWritten = (cause: unknown): never => {
  throw new NotWritten('not written', { cause })
}

const readNote = async (path: string): Promise<Version | null> => {
  try {
    return Version.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size
  } catch {
    return null
  }
}
