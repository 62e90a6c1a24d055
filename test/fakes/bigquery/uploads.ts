import { createWriteStream } from 'node:fs'
import { open, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { GoogleError } from './errors.ts'

/** An upload that can go on where it was cut. */
export type Session = { readonly id: string; readonly metadata: unknown; readonly path: string; bytes: number }

export type Uploads = ReturnType<typeof createUploads>

/** The bytes of load jobs as they come: in one piece with their description, or session by session. */
export const createUploads = (folder: string) => {
  const sessions = new Map<string, Session>()
  let count = 0
  let taken = 0
  const newPath = () => join(folder, `upload-${(count += 1)}`)
  return {
    begin: async (metadata: unknown): Promise<Session> => {
      const path = newPath()
      await writeFile(path, '')
      const session = { id: `session-${count}`, metadata, path, bytes: 0 }
      sessions.set(session.id, session)
      return session
    },
    find: (id: string): Session => {
      const found = sessions.get(id)
      if (found) return found
      throw new GoogleError(410, 'gone', 'The upload session has expired.')
    },
    taken: () => taken,
    expire: () => sessions.clear(),
    end: (id: string) => void sessions.delete(id),
    /** Keeps what comes; cut after `limit` bytes, it keeps those. */
    take: async (session: Session, request: IncomingMessage, limit: number | null): Promise<'whole' | 'cut'> => {
      const file = await open(session.path, 'r+')
      await file.truncate(session.bytes)
      try {
        let left = limit ?? Infinity
        for await (const chunk of request as AsyncIterable<Buffer>) {
          const part = chunk.subarray(0, Math.min(chunk.length, left))
          await file.write(part, 0, part.length, session.bytes)
          session.bytes += part.length
          taken += part.length
          left -= part.length
          if (left <= 0) return 'cut'
        }
        return 'whole'
      } finally {
        await file.close()
      }
    },
    /** `multipart/related`: a part of JSON, then the bytes. */
    multipart: async (request: IncomingMessage): Promise<{ readonly metadata: unknown; readonly path: string }> => {
      const boundary = /boundary="?([^";]+)"?/.exec(request.headers['content-type'] ?? '')?.[1]
      if (boundary === undefined) throw new GoogleError(400, 'badRequest', 'Missing boundary in multipart request.')
      const whole = newPath()
      await pipeline(request, createWriteStream(whole))
      return splitParts(whole, boundary, newPath())
    },
  }
}

const splitParts = async (whole: string, boundary: string, path: string) => {
  const bytes = await readFile(whole)
  const mark = Buffer.from(`--${boundary}`)
  const starts: number[] = []
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + mark.length)) starts.push(at)
  const parts = starts.slice(0, -1).map((start, index) => {
    const part = bytes.subarray(start + mark.length + 2, starts[index + 1])
    const body = part.subarray(part.indexOf('\r\n\r\n') + 4)
    return body.subarray(0, body.length - 2)
  })
  const [metadata, content] = parts
  if (!metadata || !content) throw new GoogleError(400, 'badRequest', 'A multipart upload has two parts.')
  await writeFile(path, content)
  return { metadata: JSON.parse(metadata.toString()) as unknown, path }
}
