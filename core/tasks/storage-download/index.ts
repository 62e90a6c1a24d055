import { rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { z } from 'zod'
import { formatBytes } from '#core/kinds/bytes.ts'
import type { StorageClient, StoredObject } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { inParallel } from '#core/kinds/in-parallel.ts'
import { sharedProgress } from '#core/kinds/shared-progress.ts'
import {
  atOnce,
  collectObjects,
  fixedStart,
  folderOf,
  isPattern,
  missingObject,
  objectName,
} from '#core/kinds/stored-objects.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { localPath } from './local-path.ts'

export const storageDownload = defineTask({
  type: 'storage.download',
  version: 1,
  title: 'Download from a storage',
  summary: 'Brings objects of a storage here as files: one, a folder, or all that fit a pattern.',
  group: 'source',
  icon: 'cloud-download',
  aliases: [
    'GcsBucket',
    'get_directory',
    'download_object_to_path',
    'download_folder_to_path',
    'gsutil cp',
    's3 cp',
    'download_file',
    'LocalFileSystem',
    'read_path',
  ],
  config: z.object({
    storage: field.block({ title: 'Storage', blocks: ['storage'], key: true }),
    object: field
      .text({
        title: 'Object',
        help: 'A name; a folder, ending with /; or a pattern: * within a folder, ** across folders.',
        placeholder: 'data/green/*.parquet',
        key: true,
      })
      .min(1),
  }),
  inputs: {},
  outputs: {
    files: { kind: 'file', title: 'Files', many: true },
    objects: { kind: 'value', title: 'Objects', help: 'Name and bytes of each.' },
  },
  examples: [
    { storage: 'block:local-file-system/lake', object: 'data/green/green_tripdata_2020-11.parquet' },
    { storage: 'block:local-file-system/lake', object: 'data/green/' },
    { storage: 'block:gcs-bucket/zoom-gcs', object: 'data/**/*_2020-1*.parquet' },
  ],
  run: async ({ config, files, blocks, log, signal, progress }) => {
    const storage = await blocks.storage(config.storage)
    const { folder, objects } = await wanted(storage, objectName(config.object), signal)
    const total = objects.reduce((sum, { bytes }) => sum + bytes, 0)
    const target = join(files.results, 'files')
    // What an attempt before left must not be taken for the work of this one.
    await rm(target, { recursive: true, force: true })
    const shared = sharedProgress((done) => progress({ done, total, unit: 'bytes' }))
    const handles = await inParallel(objects, { limit: atOnce, signal }, async ({ name, bytes }, _index, stop) => {
      const short = name.slice(folder.length)
      const path = localPath(target, short)
      await storage.download({ name, path, signal: stop, progress: shared() })
      const handle = await files.handle(path, { name: short })
      requireWhole(name, handle.bytes, bytes)
      log.info(`Downloaded ${name} (${formatBytes(bytes)}) from ${storage.location}.`)
      return handle
    })
    return {
      files: { kind: 'list', handles },
      objects: { kind: 'value', value: objects.map(({ name, bytes }) => ({ name, bytes })) },
    }
  },
})

/** More than this is a mistake in the pattern. */
const most = 10_000

/** The objects, and the folder that the names of the files begin after. */
const wanted = async (
  storage: StorageClient,
  text: string,
  signal: AbortSignal,
): Promise<{ readonly folder: string; readonly objects: readonly StoredObject[] }> => {
  const isFolder = text === '' || text.endsWith('/')
  // A name may have a star in it: what is there by that very name is meant.
  const object = isFolder ? null : await storage.stat(text)
  if (object) return { folder: folderOf(object.name), objects: [object] }
  if (!isFolder && !isPattern(text)) throw await missingObject(storage, text, signal)
  const start = isFolder ? text : fixedStart(text)
  const fits = (name: string) => !name.endsWith('/') && (isFolder || posix.matchesGlob(name, text))
  const { objects, more } = await collectObjects(storage.list(start, signal), { limit: most, fits })
  const where = `“${text}” of ${storage.location}`
  if (more) throw new Refused({ code: 'limit', message: `More than ${most} objects fit ${where}. Name fewer.` })
  if (objects.length === 0) {
    const message = `No object fits ${where}. Is its beginning right? storage.list shows what is there.`
    throw new Refused({ code: 'not-found', message })
  }
  return { folder: folderOf(start), objects }
}

const requireWhole = (name: string, got: number, expected: number): void => {
  if (got === expected) return
  throw new Refused({
    code: 'data',
    message: `“${name}” had ${expected} bytes and came as ${got}: it was cut short, or has changed meanwhile. Try again.`,
    retryable: true,
  })
}
