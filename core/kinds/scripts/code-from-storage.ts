import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import { formatBytes } from '../bytes.ts'
import { collectObjects, folderOf, missingObject, objectName } from '../stored-objects.ts'
import type { TaskContext } from '../task-context.ts'

const mostFiles = 1000
const mostBytes = 100_000_000

/** A script out of a storage, with the files beside and below it, which it may import; its path. */
export const codeFromStorage = async (
  { blocks, files, signal, log }: Pick<TaskContext<unknown, unknown>, 'blocks' | 'files' | 'signal' | 'log'>,
  { from, file }: { readonly from: string; readonly file: string },
): Promise<string> => {
  const storage = await blocks.storage(from)
  const name = objectName(file)
  if (!(await storage.stat(name))) throw await missingObject(storage, name, signal)
  const folder = folderOf(name)
  const all = { limit: mostFiles, fits: (each: string) => !each.endsWith('/') }
  const { objects, more } = await collectObjects(storage.list(folder, signal), all)
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0)
  if (more || bytes > mostBytes) {
    const much = more ? `more than ${counted(mostFiles, 'file')}` : formatBytes(bytes)
    const where = folder === '' ? 'the root' : folder
    const message = `Beside the script ${name} in ${storage.location} are ${much}: ${where} is fetched with it. Keep scripts in a folder of their own.`
    throw new Refused({ code: 'limit', message })
  }
  const target = `${files.scratch}/code`
  for (const object of objects) {
    const path = `${target}/${safely(object.name.slice(folder.length))}`
    await storage.download({ name: object.name, path, signal, progress: () => undefined })
  }
  log.info(`The script is ${name} of ${storage.location}.`)
  return `${target}/${name.slice(folder.length)}`
}

/** Some storages have names that lead elsewhere as paths. */
const safely = (name: string): string => {
  if (!name.includes('\\') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')) return name
  throw new Refused({
    code: 'denied',
    message: `“${name}” beside the script is no name of a file here. Rename it in the storage.`,
  })
}
