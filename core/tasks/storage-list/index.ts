import { posix } from 'node:path'
import { z } from 'zod'
import { formatBytes } from '#core/kinds/bytes.ts'
import { field } from '#core/kinds/field.ts'
import { collectObjects, objectName } from '#core/kinds/stored-objects.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'

/** Values are stored with the run; more than this is no list to work through. */
const most = 10_000

export const storageList = defineTask({
  type: 'storage.list',
  version: 1,
  title: 'List objects',
  summary: 'Names what lies in a storage, to go through it with for_each.',
  group: 'source',
  icon: 'list-tree',
  aliases: ['ls', 'glob', 'os.listdir', 'list_blobs', 'GcsBucket.list_blobs', 'gsutil ls', 's3 ls', 'list_objects_v2'],
  config: z.object({
    storage: field.block({ title: 'Storage', blocks: ['storage'], key: true }),
    prefix: field
      .text({
        title: 'Beginning of the name',
        help: 'A folder ends with /. Empty means all.',
        placeholder: 'data/green/',
        key: true,
      })
      .default(''),
    glob: field
      .text({
        title: 'Pattern',
        help: 'For what comes after that beginning: * within a folder, ** across folders.',
        placeholder: '*.parquet',
      })
      .optional(),
    limit: field.integer({ title: 'Limit', help: 'The first so many names.' }).min(1).max(most).optional(),
  }),
  inputs: {},
  outputs: {
    objects: { kind: 'value', title: 'Objects', help: 'Name, bytes and modified (a time, or null) of each.' },
    names: { kind: 'value', title: 'Names' },
  },
  examples: [
    { storage: 'block:local-file-system/lake' },
    { storage: 'block:local-file-system/lake', prefix: 'data/green/', glob: '**/*.parquet', limit: 12 },
  ],
  run: async ({ config, blocks, log, signal }) => {
    const storage = await blocks.storage(config.storage)
    const prefix = objectName(config.prefix)
    const { glob, limit } = config
    const { objects, more } = await collectObjects(storage.list(prefix, signal), {
      limit: limit ?? most,
      fits: (name) => glob === undefined || posix.matchesGlob(name.slice(prefix.length), glob),
    })
    const found = `${counted(objects.length, 'object')} (${formatBytes(objects.reduce((sum, { bytes }) => sum + bytes, 0))})`
    if (more && limit === undefined) {
      const message = `${storage.location} holds more than ${counted(most, 'such object')}. Name a longer beginning or a pattern, or set a limit.`
      throw new Refused({ code: 'limit', message })
    }
    log.info(`Found ${found} in ${storage.location}${more ? ', and there are more than the limit' : ''}.`)
    const listed = objects.map(({ name, bytes, modifiedAt }) => ({
      name,
      bytes,
      modified: modifiedAt === null ? null : new Date(modifiedAt).toISOString(),
    }))
    return {
      objects: { kind: 'value', value: listed },
      names: { kind: 'value', value: objects.map(({ name }) => name) },
    }
  },
})
