import { z } from 'zod'
import { formatBytes } from '#core/kinds/bytes.ts'
import { field } from '#core/kinds/field.ts'
import { inParallel } from '#core/kinds/in-parallel.ts'
import { sharedProgress } from '#core/kinds/shared-progress.ts'
import { atOnce } from '#core/kinds/stored-objects.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { Refused } from '#core/model/failure.ts'
import { objectNames } from './object-names.ts'

export const storageUpload = defineTask({
  type: 'storage.upload',
  version: 1,
  title: 'Upload files',
  summary: 'Puts files into a storage: a folder, or a bucket.',
  group: 'store',
  icon: 'cloud-upload',
  aliases: ['GcsBucket', 'upload_from_path', 'put_directory', 'gsutil cp', 's3 cp', 'LocalFileSystem', 'write_path'],
  config: z.object({
    storage: field.block({ title: 'Storage', blocks: ['writable-storage'], key: true }),
    to: field
      .text({
        title: 'Folder',
        help: 'In the storage; made when needed. Empty means its top.',
        placeholder: 'data/green/',
      })
      .default(''),
  }),
  inputs: { files: { kind: 'file', title: 'Files', many: true } },
  outputs: {
    objects: { kind: 'value', title: 'Objects', help: 'Name and bytes of each.' },
    location: { kind: 'value', title: 'Storage' },
  },
  examples: [
    { storage: 'block:local-file-system/lake' },
    { storage: 'block:local-file-system/lake', to: 'data/green/' },
    { storage: 'block:gcs-bucket/zoom-gcs', to: 'data/green/' },
  ],
  traits: { effect: true },
  run: async ({ config, inputs, blocks, run, log, signal, progress, wrote }) => {
    const { files } = inputs
    if (files.length === 0) throw new Refused({ code: 'invalid', message: 'There is no file to upload.' })
    const names = objectNames(
      config.to,
      files.map(({ name }) => name),
    )
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    const storage = await blocks.storage(config.storage)
    const shared = sharedProgress((done) => progress({ done, total, unit: 'bytes' }))
    const objects = await inParallel(files, { limit: atOnce, signal }, async (file, index, stop) => {
      const { name, bytes } = await storage.upload({
        path: file.path,
        name: names[index] ?? file.name,
        uploadId: run.loadId,
        signal: stop,
        progress: shared(),
      })
      wrote({ location: `${storage.location}/${name}`, table: null })
      log.info(`Uploaded ${name} (${formatBytes(bytes)}) to ${storage.location}.`)
      return { name, bytes }
    })
    progress({ done: total, total, unit: 'bytes' })
    return { objects: { kind: 'value', value: objects }, location: { kind: 'value', value: storage.location } }
  },
})
