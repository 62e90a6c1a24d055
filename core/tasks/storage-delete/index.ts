import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { StorageClient } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { inParallel } from '#core/kinds/in-parallel.ts'
import { atOnce, missingObject, objectName } from '#core/kinds/stored-objects.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'

export const storageDelete = defineTask({
  type: 'storage.delete',
  version: 1,
  title: 'Delete objects',
  summary: 'Takes objects out of a storage for good.',
  group: 'store',
  icon: 'trash-2',
  aliases: ['rm', 'os.remove', 'delete_blob', 'gsutil rm', 's3 rm', 'delete_objects'],
  config: z.object({
    storage: field.block({ title: 'Storage', blocks: ['writable-storage'], key: true }),
    names: field.list(z.string().min(1), { title: 'Names', key: true }).default([]),
    prefix: field
      .text({
        title: 'Beginning of the name',
        help: 'All objects that begin like this. A folder ends with /.',
        placeholder: 'data/green/',
      })
      .optional(),
    everything: field
      .boolean({ title: 'Everything', help: 'Allows an empty beginning: the whole storage is emptied.' })
      .default(false),
    missing_ok: field
      .boolean({ title: 'Names may be missing', help: 'What is not there is passed over.' })
      .default(false),
  }),
  inputs: {},
  outputs: { deleted: { kind: 'value', title: 'Deleted', help: 'How many objects.' } },
  examples: [
    { storage: 'block:local-file-system/lake', names: ['data/green/old.parquet'], missing_ok: true },
    { storage: 'block:local-file-system/lake', prefix: 'tmp/' },
  ],
  traits: { effect: true },
  run: async ({ config, blocks, files, log, signal, progress }) => {
    const storage = await blocks.storage(config.storage)
    refuseNothing(config)
    // Once all were there, an attempt before may have deleted some of them, also one before a resume.
    const begun = join(files.results, '.begun')
    const missingOk = config.missing_ok || existsSync(begun)
    const names = new Set(await namesThere(storage, config.names.map(objectName), { missingOk, signal }))
    await mkdir(files.results, { recursive: true })
    await writeFile(begun, '')
    if (config.prefix !== undefined) {
      for await (const { name } of storage.list(objectName(config.prefix), signal)) names.add(name)
    }
    let done = 0
    await inParallel([...names], { limit: atOnce, signal }, async (name) => {
      await storage.delete(name)
      done += 1
      progress({ done, total: names.size, unit: 'items' })
      log.info(`Deleted ${name}.`)
    })
    log.info(`Deleted ${counted(done, 'object')} from ${storage.location}.`)
    return { deleted: { kind: 'value', value: done } }
  },
})

type Chosen = { names: readonly string[]; prefix?: string | undefined; everything: boolean }

const refuseNothing = ({ names, prefix, everything }: Chosen): void => {
  if (names.length === 0 && prefix === undefined) {
    const message = 'Nothing is named to delete. Name objects, or the beginning of their names.'
    throw new Refused({ code: 'invalid', message })
  }
  if (prefix !== undefined && objectName(prefix.trim()) === '' && !everything) {
    const message =
      'The beginning of the names is empty, which would delete the whole storage. Set everything: true if that is meant.'
    throw new Refused({ code: 'invalid', message })
  }
}

/** All are looked for before the first is deleted. */
const namesThere = async (
  storage: StorageClient,
  names: readonly string[],
  { missingOk, signal }: { missingOk: boolean; signal: AbortSignal },
): Promise<readonly string[]> => {
  const found = await inParallel(names, { limit: atOnce, signal }, async (name, _index, stop) => {
    if (await storage.stat(name)) return name
    if (missingOk) return null
    throw await missingObject(storage, name, stop)
  })
  return found.filter((name) => name !== null)
}
