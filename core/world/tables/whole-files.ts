import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { Refused } from '#core/model/failure.ts'
import { wholeContentOf, type Compression } from './content.ts'
import { bufferBytes, longLine } from './csv-head.ts'
import type { Memory } from './remembered.ts'
import type { Scan } from './scan.ts'

/**
 * DuckDB takes a compressed file that was cut short for whole, looks at no checksum, and reads an array without its end.
 * So files are read through a second time, beside it, and whatever is computed from them waits for that.
 */
export type WholeFiles = {
  /** Begins to look through a file, after those before it. */
  begin(scan: Scan): void
  /** Once all have been looked through: what is wrong with one of them, or null. */
  broken(): Promise<Refused | null>
}

export const wholeFiles = (memory: Memory, signal: AbortSignal): WholeFiles => {
  let found: Promise<Refused | null> = Promise.resolve(null)
  const look = async (before: Promise<Refused | null>, scan: Scan): Promise<Refused | null> => {
    const known = await before
    if (known !== null || signal.aborted) return known
    try {
      const facts = { files: [scan.path], reading: 'whole' }
      await memory.recall(facts, z.literal(true), () => lookThrough(scan, signal))
      return null
    } catch (error) {
      if (error instanceof Refused) return error
      // The reader itself says what else is wrong with a file.
      return null
    }
  }
  return {
    begin: (scan) => {
      if (needsLook(scan)) found = look(found, scan)
    },
    broken: () => found,
  }
}

const needsLook = (scan: Scan): boolean =>
  scan.content === 'csv'
    ? scan.head.dialect.compression !== 'none'
    : scan.content === 'json' && (scan.head.compression !== 'none' || scan.head.layout === 'array')

const lookThrough = async (scan: Scan, signal: AbortSignal): Promise<true> => {
  if (scan.content === 'csv') {
    const { afterLastEnd } = await endOf(scan.path, scan.head.dialect.compression, signal)
    // A last line without an end that does not fit DuckDB's buffer is left out without a word.
    if (afterLastEnd > bufferBytes) throw longLine(scan.path)
  } else if (scan.content === 'json') {
    const { compression, layout } = scan.head
    const end = compression === 'none' ? await plainEnd(scan.path) : (await endOf(scan.path, compression, signal)).end
    if (layout === 'array' && !end.trimEnd().endsWith(']')) throw openArray(scan.path)
  }
  return true
}

const openArray = (path: string): Refused =>
  new Refused({
    code: 'data',
    message: `${basename(path)}: the JSON array is not closed, so the file was cut short. Get it again.`,
  })

const tail = 4096

const plainEnd = async (path: string): Promise<string> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - tail)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tail), 0, tail, start)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

const endOf = async (
  path: string,
  compression: Compression,
  signal: AbortSignal,
): Promise<{ end: string; afterLastEnd: number }> => {
  let end = ''
  let afterLastEnd = 0
  for await (const chunk of wholeContentOf(path, compression, signal)) {
    const last = Math.max(chunk.lastIndexOf(10), chunk.lastIndexOf(13))
    afterLastEnd = last === -1 ? afterLastEnd + chunk.length : chunk.length - last - 1
    end = (end + chunk.toString('latin1', Math.max(0, chunk.length - tail))).slice(-tail)
  }
  return { end, afterLastEnd }
}
