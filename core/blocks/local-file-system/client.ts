import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { StorageClient, StoredObject } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'
import { isInside, objectPath } from './jail.ts'

/** Files below one folder. Nothing outside it is read or written, whatever an object's name or a link in it says. */
export const openLocalStorage = (base: string): StorageClient => ({
  location: pathToFileURL(base).href,
  upload: async ({ path, name, uploadId, signal, progress }) => {
    const target = await objectPath(base, name)
    await replaceFile({ source: path, target, part: partOf(target, uploadId) }, signal, progress)
    return stored(name, target)
  },
  download: async ({ name, path, signal, progress }) => {
    const source = await objectPath(base, name)
    if (!(await isFile(source))) throw notThere(name, base)
    await replaceFile({ source, target: path, part: partOf(path, randomUUID()) }, signal, progress)
    return stored(name, path)
  },
  stat: async (name) => {
    const path = await objectPath(base, name)
    return (await isFile(path)) ? stored(name, path) : null
  },
  list: (prefix, signal) => listObjects(base, prefix.replace(/^\/+/, ''), signal),
  delete: async (name) => {
    await rm(await objectPath(base, name), { force: true })
  },
  localPath: (name) => objectPath(base, name),
  close: () => Promise.resolve(),
})

const notThere = (name: string, base: string): Refused =>
  new Refused({
    code: 'not-found',
    message: `There is no “${name}” in ${base}. Was it uploaded, and is its name right?`,
  })

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false

const stored = async (name: string, path: string): Promise<StoredObject> => {
  const { size, mtimeMs } = await stat(path)
  return { name: name.replaceAll(/^\/+/g, ''), bytes: size, modifiedAt: mtimeMs }
}

const partEnding = /\.part-[0-9a-f]{12}$/
const partOf = (target: string, id: string): string =>
  `${target}.part-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`

/** The new content is on the disk before it takes the name, so that a crash leaves the old file or the new one. */
const replaceFile = async (
  { source, target, part }: { source: string; target: string; part: string },
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<void> => {
  await mkdir(dirname(target), { recursive: true })
  let done = 0
  const file = await open(part, 'w')
  try {
    for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20, signal })) {
      await file.writeFile(chunk as Buffer)
      done += (chunk as Buffer).length
      progress(done)
    }
    await file.sync()
    await file.close()
    await rename(part, target)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(part, { force: true })
    throw explained(error, target, signal)
  }
}

const explained = (error: unknown, target: string, signal: AbortSignal): unknown => {
  if (signal.aborted)
    return new Refused(
      { code: 'cancelled', message: 'The copy was stopped; the file there is as it was.' },
      { cause: error },
    )
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOSPC')
    return new Refused(
      { code: 'limit', message: `The disk is full: ${target} could not be written.`, retryable: true },
      { cause: error },
    )
  if (code === 'ENOENT')
    return new Refused(
      { code: 'not-found', message: 'The file to copy is gone. Run the task that made it again.' },
      { cause: error },
    )
  if (code === 'EACCES' || code === 'EPERM')
    return new Refused(
      { code: 'denied', message: `${target} cannot be written: the right is missing.` },
      { cause: error },
    )
  if (code === 'EISDIR' || code === 'ENOTEMPTY')
    return new Refused({ code: 'conflict', message: `${target} is a folder. Choose another name.` }, { cause: error })
  return error
}

/** In the order of the names, as buckets give them: a folder stands where its name with a slash does. */
async function* listObjects(
  base: string,
  prefix: string,
  signal: AbortSignal,
  folder = '',
): AsyncGenerator<StoredObject> {
  signal.throwIfAborted()
  const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(() => [])
  const named = entries.map((entry) => {
    const name = `${folder}${entry.name}`
    return entry.isDirectory() ? { name: `${name}/`, isFolder: true } : { name, isFolder: false }
  })
  for (const { name, isFolder } of named.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    if (isFolder) {
      if (name.startsWith(prefix) || prefix.startsWith(name)) yield* listObjects(base, prefix, signal, name)
    } else if (name.startsWith(prefix) && !partEnding.test(name) && (await isVisible(base, name)))
      yield await stored(name, join(base, name))
  }
}

const isVisible = async (base: string, name: string): Promise<boolean> => {
  const path = join(base, name)
  return (await isFile(path)) && (await isInside(base, path))
}
