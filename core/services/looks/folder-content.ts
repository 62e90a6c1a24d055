import type { StorageFolder } from '#core/model/block-look.ts'
import type { StoredObject } from '#core/model/stored-object.ts'

/** How many objects are looked at for one folder. */
const mostLookedAt = 20_000

type Below = { objects: number; bytes: number }

/** Objects whose names begin with the folder's, as what lies directly in it. */
export const folderContent = async (
  found: AsyncIterable<StoredObject>,
  folder: string,
  most = mostLookedAt,
): Promise<Omit<StorageFolder, 'location'>> => {
  const folders = new Map<string, Below>()
  const objects: StoredObject[] = []
  let looked = 0
  let more = false
  for await (const object of found) {
    if (looked === most) {
      more = true
      break
    }
    looked += 1
    const slash = object.name.indexOf('/', folder.length)
    if (slash === -1) {
      if (object.name.length > folder.length) objects.push(object)
      continue
    }
    const name = object.name.slice(0, slash + 1)
    const below = folders.get(name) ?? { objects: 0, bytes: 0 }
    // Buckets hold empty objects that stand for folders.
    if (!object.name.endsWith('/')) below.objects += 1
    below.bytes += object.bytes
    folders.set(name, below)
  }
  return { folder, folders: [...folders].map(([name, below]) => ({ name, ...below })), objects, more }
}
