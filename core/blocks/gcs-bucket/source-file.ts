import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import { crc32c } from './crc32c.ts'

/** A file that is being uploaded: what of it was read once, and its checksum so far. */
export type SourceFile = {
  readonly bytes: number
  /**
   * The bytes from one place up to another. A buffer holds them until the next one is asked for. Adds what was not read
   * before to the checksum.
   */
  read(from: number, to: number): AsyncGenerator<Buffer>
  /** Of all of it; reads what was not read yet. */
  checksum(): Promise<number>
  close(): Promise<void>
}

/** As large as a socket takes them without a pause; two of them take turns. */
const largest = 2 << 20

export const openSource = async (path: string): Promise<SourceFile> => {
  const file = await opened(path)
  const { size: bytes } = await file.stat()
  let sum = 0
  let summed = 0

  const readAt = async (at: number, target: Buffer): Promise<Buffer> => {
    const { bytesRead } = await file.read(target, 0, target.length, at)
    if (bytesRead < target.length) throw changed(path)
    if (at <= summed && at + bytesRead > summed) {
      sum = crc32c(target.subarray(summed - at), sum)
      summed = at + bytesRead
    }
    return target
  }

  async function* read(from: number, to: number): AsyncGenerator<Buffer> {
    const size = Math.min(largest, to - from)
    const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const
    const begin = (at: number, turn: number): Promise<Buffer> | null => {
      if (at >= to) return null
      const reading = readAt(at, buffers[turn & 1 ? 1 : 0].subarray(0, to - at))
      // A failure is told when its turn comes.
      reading.catch(() => undefined)
      return reading
    }
    let next = begin(from, 0)
    try {
      for (let [at, turn] = [from, 1]; next !== null; turn += 1) {
        const here: Buffer = await next
        at += here.length
        // The next is read while this one is on its way.
        next = begin(at, turn)
        yield here
      }
    } finally {
      await next?.catch(() => undefined)
    }
  }

  return {
    bytes,
    read,
    checksum: async () => {
      for await (const _ of read(summed, bytes));
      return sum
    },
    close: () => file.close(),
  }
}

const opened = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path)
  } catch (cause) {
    const message = 'The file to upload is gone. Run the task that made it again.'
    throw new Refused({ code: 'not-found', message }, { cause })
  }
}

const changed = (path: string): Refused =>
  new Refused({
    code: 'data',
    message: `${path} became shorter while it was uploaded. Nothing was put into the bucket; run the task again.`,
    retryable: true,
  })

/** The same for every try of an upload of this object, and for no other. */
export const markOf = (uploadId: string, name: string): string =>
  createHash('sha256').update(`${uploadId}\0${name}`).digest('hex').slice(0, 32)
