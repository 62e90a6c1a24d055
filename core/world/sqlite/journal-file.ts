import { closeSync, constants, existsSync, fdatasync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { guarded, refusalOf } from './refusal.ts'

/** What is appended is durable once the promise resolves. One at a time. */
export type JournalFile = {
  /** Numbers follow on one another. */
  append(number: number, text: string): Promise<void>
  /** The next one goes to the beginning: those before it are not needed any more. */
  rewind(): void
  /** Bytes since the beginning. */
  size(): number
  close(): void
}

export type Frame = { readonly number: number; readonly text: string }

/*
 * A frame: bytes of text (4), CRC-32 of what follows (4), number (8), text in UTF-8. Frames are written over older ones, so
 * that the file need not grow and a sync writes little; what follows the last frame is older, or torn, and ends the reading.
 */
const header = 16

/** In a thread of Node's own: the engine goes on meanwhile. */
const sync = promisify(fdatasync)

export const openJournalFile = (path: string): JournalFile => {
  const file = guarded(path, () => openForWriting(path))
  let position = 0
  return {
    append: async (number, text) => {
      const frame = frameOf(number, text)
      try {
        writeAll(file, frame, position)
        await sync(file)
      } catch (error) {
        throw refusalOf(error, path)
      }
      position += frame.length
    },
    rewind: () => {
      position = 0
    },
    size: () => position,
    close: () => closeSync(file),
  }
}

const openForWriting = (path: string): number => {
  const isNew = !existsSync(path)
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  // The name of a new file must be durable before what is in it counts; Windows cannot sync a folder.
  if (isNew && process.platform !== 'win32') syncFolder(dirname(path))
  return file
}

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

const frameOf = (number: number, text: string): Buffer => {
  const bytes = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(header + bytes)
  frame.write(text, header)
  frame.writeUInt32LE(bytes, 0)
  frame.writeBigUInt64LE(BigInt(number), 8)
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4)
  return frame
}

const writeAll = (file: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done)
}

/** The frames of the last round, in order, up to the first that is not whole. */
export const readFrames = (path: string): readonly Frame[] => {
  const bytes = guarded(path, () => readFileSync(path))
  const frames: Frame[] = []
  for (let at = 0; at + header <= bytes.length;) {
    const end = at + header + bytes.readUInt32LE(at)
    if (end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) break
    const number = Number(bytes.readBigUInt64LE(at + 8))
    const last = frames.at(-1)
    if (last && number !== last.number + 1) break
    frames.push({ number, text: bytes.toString('utf8', at + header, end) })
    at = end
  }
  return frames
}
