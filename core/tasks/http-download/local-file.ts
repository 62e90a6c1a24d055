import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { formatBytes } from '#core/kinds/bytes.ts'
import { Refused } from '#core/model/failure.ts'
import { tooLarge } from './refusals.ts'
import { safeFileName } from '#core/kinds/http/file-name.ts'
import type { DownloadContext, Received } from './settings.ts'

// Two letters at least: `C:\trips.csv` is a path.
const scheme = /^([a-z][a-z0-9+.-]+):/i

/** The path a `file:` URL or a plain path means, or null for a URL of the web. */
export const localPath = (url: string, resolvePath: (path: string) => string): string | null => {
  const found = scheme.exec(url)?.[1]?.toLowerCase()
  if (found === undefined) return resolvePath(url)
  if (found === 'http' || found === 'https') return null
  if (found !== 'file') {
    throw new Refused({
      code: 'invalid',
      message: `“${url}” cannot be downloaded: only http:, https: and file: URLs and paths can.`,
    })
  }
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new Refused({ code: 'invalid', message: `“${url}” names no file on this machine.` }, { cause })
  }
}

/** Copied, so that a result stays what it was when the original changes. Costs nothing where the disk can share blocks. */
export const copyLocalFile = async (
  { files, log, progress }: DownloadContext,
  { path, limit }: { path: string; limit: number | null },
): Promise<Received> => {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Refused(
      { code: 'not-found', message: `There is no file ${path}. Relative paths mean the folder of the flow.` },
      { cause },
    )
  })
  if (!found.isFile()) throw new Refused({ code: 'invalid', message: `${path} is no file.` })
  const { size } = found
  if (limit !== null && size > limit) throw tooLarge(path, size, limit)
  const copy = join(files.results, '.download.part')
  await copyFile(path, copy, constants.COPYFILE_FICLONE).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Refused({ code: 'denied', message: `${path} could not be copied: ${reason}` }, { cause })
  })
  progress({ done: size, total: size, unit: 'bytes' })
  log.info(`Took ${path} (${formatBytes(size)})`)
  return { path: copy, name: safeFileName(basename(path)) ?? 'download' }
}

/** For the cache key: of a local file its content counts, not its path. */
export const localFileHash = async (url: string, flowFolder: string): Promise<string | null> => {
  try {
    const path = localPath(url, (text) => resolve(flowFolder, text))
    if (path === null) return null
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return null
  }
}
