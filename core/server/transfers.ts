import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, realpath, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refused } from '#core/model/failure.ts'

/** Files between a browser and the home: what a dialog of the system does for the desktop. */
export type Transfers = {
  /** Keeps the body of a request in the home. */
  upload(request: IncomingMessage, name: string): Promise<UploadedFile>
  /** A ticket with which a file of the home can be had once, soon. */
  ticketFor(file: string): Promise<string>
  /** Sends the file of a ticket; false when there is no such ticket. */
  download(ticket: string, response: ServerResponse): Promise<boolean>
}

export type UploadedFile = { readonly name: string; readonly path: string; readonly bytes: number }

export type TransferOptions = {
  readonly home: string
  /** Bytes of one upload. */
  readonly largest?: number
  now?(): number
}

const largestUpload = 10 * 2 ** 30

/** Milliseconds that a ticket holds. */
const ticketLife = 60_000

export const createTransfers = ({ home, largest = largestUpload, now = Date.now }: TransferOptions): Transfers => {
  const tickets = new Map<string, { readonly file: string; readonly until: number }>()
  return {
    upload: async (request, given) => {
      const name = fileName(given)
      const folder = path.join(home, 'uploads', randomBytes(6).toString('hex'))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = path.join(folder, name)
      try {
        // Open before the first byte, so that it is not made after it was removed.
        const opened = await open(file, 'wx', 0o600)
        await pipeline(request, atMost(largest, name), opened.createWriteStream())
        return { name, path: file, bytes: (await stat(file)).size }
      } catch (error) {
        await rm(folder, { recursive: true, force: true })
        throw error
      }
    },
    ticketFor: async (wanted) => {
      const file = await fileOf(home, wanted)
      const ticket = randomBytes(24).toString('base64url')
      for (const [old, { until }] of tickets) if (until < now()) tickets.delete(old)
      tickets.set(ticket, { file, until: now() + ticketLife })
      return ticket
    },
    download: async (ticket, response) => {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      if (!found || found.until < now()) return false
      await send(found.file, response)
      return true
    },
  }
}

/** The last part of what a browser calls a file, with nothing in it that a file system reads as more than a name. */
const fileName = (given: string): string => {
  // oxlint-disable-next-line no-control-regex -- no file is to have such a name.
  const name = (given.split(/[\\/]/).at(-1) ?? '').replace(/[\u0000-\u001f<>:"|?*]/g, '_').slice(0, 200)
  return /^\.*$/.test(name) ? 'upload' : name
}

const atMost = (largest: number, name: string): Transform => {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= largest) return done(null, chunk)
      const message = `${name} is larger than ${largest / 2 ** 30} GiB. Copy it to this machine and give its path instead.`
      return done(new Refused({ code: 'limit', message }))
    },
  })
}

/** What runs have made lies in the home; the rest of the machine is not given out. */
const fileOf = async (home: string, wanted: string): Promise<string> => {
  const [root, file] = await Promise.all([realpath(home), realpath(wanted).catch(() => null)])
  if (file === null || !(await stat(file)).isFile())
    throw new Refused({ code: 'not-found', message: `The file ${wanted} does not exist any more.` })
  const inside = path.relative(root, file)
  if (inside.startsWith('..') || path.isAbsolute(inside) || !isGivenOut(inside))
    throw new Refused({ code: 'denied', message: `${wanted} is no result in this home. Copy it from where it lies.` })
  return file
}

const givenOut = new Set(['runs', 'lake', 'uploads', 'flows', 'samples'])

/** Databases, the vault and the lock lie in the home's own folder. */
const isGivenOut = (inside: string): boolean =>
  givenOut.has(inside.split(path.sep)[0] ?? '') && inside.includes(path.sep)

const send = async (file: string, response: ServerResponse): Promise<void> => {
  const { size } = await stat(file)
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(path.basename(file))}`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  await pipeline(createReadStream(file), response)
}
