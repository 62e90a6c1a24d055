import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { StorageClient, StoredObject } from '#core/kinds/capabilities.ts'
import { missingObject, objectName } from '#core/kinds/stored-objects.ts'
import { Refused } from '#core/model/failure.ts'
import type { Snapshot } from './snapshot.ts'

/** The files of one commit. Names are from the root of the repository. Nothing can be written. */
export const openRepository = (url: URL, { commit, folder }: Snapshot): StorageClient => {
  const location = `${url.href}@${commit.slice(0, 12)}`
  const client: StorageClient = {
    location,
    checkout: folder,
    upload: () => Promise.reject(readOnly(location)),
    delete: () => Promise.reject(readOnly(location)),
    stat: async (name) => {
      const path = pathOf(folder, name)
      return path === null ? null : storedAt(objectName(name), path)
    },
    list: (prefix, signal) => listFiles(folder, objectName(prefix), signal),
    download: async ({ name, path, signal, progress }) => {
      const source = pathOf(folder, name)
      const found = source === null ? null : await storedAt(objectName(name), source)
      if (source === null || found === null) throw await missingObject(client, objectName(name), signal)
      await refusePointer(source, found)
      signal.throwIfAborted()
      await copyWhole(source, path)
      progress(found.bytes)
      return found
    },
    close: () => Promise.resolve(),
  }
  return client
}

const readOnly = (location: string): Refused =>
  new Refused({
    code: 'denied',
    message: `${location} is read only: Millrace does not write to repositories. Choose another storage, or commit with git in a script.`,
  })

/** Null where no file of a repository can be. */
const pathOf = (folder: string, name: string): string | null => {
  const parts = objectName(name).split('/')
  if (name.includes('\0') || name.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..'))
    return null
  return join(folder, ...parts)
}

const storedAt = async (name: string, path: string): Promise<StoredObject | null> => {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ? { name, bytes: found.size, modifiedAt: null } : null
}

/** In the order of the names. Links were fetched as small files that hold where they lead. */
async function* listFiles(
  folder: string,
  prefix: string,
  signal: AbortSignal,
  inside = '',
): AsyncGenerator<StoredObject> {
  signal.throwIfAborted()
  const entries = await readdir(join(folder, inside), { withFileTypes: true })
  const named = entries.map((entry) => ({
    name: `${inside}${entry.name}${entry.isDirectory() ? '/' : ''}`,
    isFile: entry.isFile(),
  }))
  for (const { name, isFile } of named.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    if (isFile) {
      const found = name.startsWith(prefix) ? await storedAt(name, join(folder, name)) : null
      if (found) yield found
    } else if (name.endsWith('/') && (name.startsWith(prefix) || prefix.startsWith(name))) {
      yield* listFiles(folder, prefix, signal, name)
    }
  }
}

const pointer = 'version https://git-lfs.github.com/spec/'

const refusePointer = async (path: string, { name, bytes }: StoredObject): Promise<void> => {
  if (bytes > 1024) return
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(pointer.length), 0, pointer.length, 0)
    if (buffer.toString('latin1') !== pointer) return
  } finally {
    await file.close()
  }
  const message = `“${name}” is kept in Git LFS; the repository holds only a pointer to it, and that is not followed. Put the file into another storage.`
  throw new Refused({ code: 'invalid', message })
}

const copyWhole = async (source: string, target: string): Promise<void> => {
  await mkdir(dirname(target), { recursive: true })
  const part = `${target}.part-${randomUUID()}`
  try {
    await copyFile(source, part)
    await rename(part, target)
  } finally {
    await rm(part, { force: true })
  }
}
