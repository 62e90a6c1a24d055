import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { FileHandle } from '#core/model/handle.ts'
import { nameByContent } from '#core/kinds/http/file-name.ts'
import type { DownloadContext, Received } from './settings.ts'

/** Checks a file that has come whole and gives it its name among the results. */
export const keepFile = async (
  { config, files, log }: DownloadContext,
  { path, name }: Received,
): Promise<FileHandle> => {
  const { sha256 } = await files.handle(path, { sha256: true })
  if (config.checksum !== undefined && config.checksum.toLowerCase() !== `sha256:${sha256}`) {
    await rm(path, { force: true })
    const message = `The file differs from what was expected: its checksum is sha256:${sha256}, not ${config.checksum.toLowerCase()}. It was thrown away.`
    throw new Refused({ code: 'data', message, retryable: true })
  }
  const kept = await chosenName({ config, log }, path, name)
  const target = join(files.results, kept)
  await rename(path, target)
  return { ...(await files.handle(target, { name: kept })), sha256 }
}

const chosenName = async (
  { config, log }: Pick<DownloadContext, 'config' | 'log'>,
  path: string,
  name: string,
): Promise<string> => {
  const isGzip = await beginsAsGzip(path)
  if (config.name !== undefined) {
    const asked = config.name
    if (nameByContent(asked, isGzip) !== asked)
      log.warning(`${asked} is ${isGzip ? '' : 'not '}compressed with gzip, unlike its name says`)
    return asked
  }
  const named = nameByContent(name, isGzip)
  if (named !== name) log.info(`Named ${named}, since its content is ${isGzip ? '' : 'not '}gzip`)
  return named
}

const beginsAsGzip = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(3), 0, 3, 0)
    return bytesRead === 3 && buffer[0] === 0x1f && buffer[1] === 0x8b && buffer[2] === 8
  } finally {
    await file.close()
  }
}
