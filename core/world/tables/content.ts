import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Refused } from '#core/model/failure.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

const decompress = (compression: 'gzip' | 'zstd') =>
  compression === 'gzip' ? createGunzip({ chunkSize: 1 << 20 }) : createZstdDecompress({ chunkSize: 1 << 20 })

/** The content of a file, decompressed. One that was cut short or altered is refused where that shows. */
export async function* wholeContentOf(
  path: string,
  compression: Compression,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024, ...(signal && { signal }) })
  const content = compression === 'none' ? file : file.pipe(decompress(compression))
  // An error of the file does not reach a stream that it is piped into.
  file.on('error', (error) => content.destroy(error))
  try {
    for await (const chunk of content) yield chunk as Buffer
  } catch (cause) {
    throw isDamage(cause) ? damaged(path, compression, cause) : cause
  } finally {
    file.destroy()
    content.destroy()
  }
}

/** The same, but a damaged compressed stream ends it without an error: somebody else judges the file. */
export async function* contentOf(path: string, compression: Compression, signal?: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* wholeContentOf(path, compression, signal)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
}

/** Whether a decompressor refused what it was given. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(Z_|ZSTD_|ERR_ZLIB)/.test(error.code)

const damaged = (path: string, compression: Compression, cause: Error): Refused => {
  const wasCut = /unexpected end/i.test(cause.message)
  const what = wasCut ? 'ends in the middle, so it was cut short' : `is damaged (${cause.message})`
  const message = `${basename(path)}: the ${compression} file ${what}. Get it again; none of its rows were taken.`
  return new Refused({ code: 'data', message }, { cause })
}
