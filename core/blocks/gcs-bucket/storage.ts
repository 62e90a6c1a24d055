import { openWire } from '#core/google/wire.ts'
import type { StorageClient, StoredObject } from '#core/kinds/capabilities.ts'
import { openControl, type SeenObject } from './client.ts'
import { downloadFile } from './download.ts'
import { nameIn, newName } from './names.ts'
import { locationOf, type GcsTarget } from './target.ts'
import { uploadFile } from './upload.ts'

export const openGcs = async (target: GcsTarget, signal: AbortSignal): Promise<StorageClient> => {
  const { folder } = target
  const wire = openWire()
  const control = await openControl(target)
  const world = { target, control, wire }
  const stored = ({ name, bytes, modifiedAt }: SeenObject): StoredObject => ({
    name: name.slice(folder.length),
    bytes,
    modifiedAt,
  })
  return {
    location: locationOf(target),
    upload: async (request) => stored(await uploadFile(world, { ...request, name: newName(folder, request.name) })),
    download: async (request) => stored(await downloadFile(world, { ...request, name: nameIn(folder, request.name) })),
    stat: async (name) => {
      const seen = await control.look(nameIn(folder, name), signal)
      return seen && stored(seen)
    },
    list: async function* (prefix, stop) {
      const whole = `${folder}${prefix.replace(/^\/+/, '')}`
      for await (const object of control.list(whole, stop)) {
        // The console marks an empty folder with an object of its name.
        if (object.name !== folder) yield stored(object)
      }
    },
    delete: (name) => control.delete(nameIn(folder, name), signal),
    close: () => {
      wire.close()
      return Promise.resolve()
    },
  }
}
