import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A file that is read by its path is known to the cache by its content; one that is not there yet by its absence. */
export const contentHashes = (paths: readonly string[], folder: string): Promise<readonly (string | null)[]> =>
  Promise.all(
    paths.map(async (path) => {
      const hash = createHash('sha256')
      try {
        await pipeline(createReadStream(resolve(folder, path), { highWaterMark: 1 << 20 }), hash)
        return hash.digest('hex')
      } catch {
        return null
      }
    }),
  )
