import type { z } from 'zod'
import { Refused } from '#core/model/failure.ts'
import { formatBytes } from './bytes.ts'
import { field } from './field.ts'
import { missingObject, objectName } from './stored-objects.ts'
import type { TaskContext } from './task-context.ts'
import type { FingerprintPlace } from './task-type.ts'

/** Settings of tasks whose SQL may be in a file instead of the flow. */
export const sqlFileSettings = {
  file: field
    .path({
      title: 'SQL file',
      help: 'Instead of SQL here: a file relative to the flow’s file, or a name in the storage below. Expressions in it are not evaluated.',
    })
    .optional(),
  from: field
    .block({
      title: 'From',
      help: 'A storage that the SQL file is in, such as a repository. Default: the flow’s folder.',
      blocks: ['storage'],
    })
    .optional(),
}

type SqlSource = { readonly file?: string | undefined; readonly from?: string | undefined }

/** For `superRefine`: the SQL is given in one of two ways. `name` is the setting that holds it in the flow. */
export const checkSqlSource =
  <N extends string>(name: N) =>
  (config: SqlSource & { readonly [K in N]?: string | undefined }, context: z.core.$RefinementCtx): void => {
    const complain = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message, input: config })
    if (config[name] === undefined && config.file === undefined) complain(name, 'Write SQL, or name a file')
    if (config[name] !== undefined && config.file !== undefined) complain('file', `Give ${name} or a file, not both`)
    if (config.from !== undefined && config.file === undefined) complain('from', 'Name the file that is in it')
  }

const most = 1_000_000

type Reading = Pick<TaskContext<SqlSource, unknown>, 'config' | 'files' | 'blocks' | 'signal'> & {
  /** The text of a file of this machine. */
  readonly readText: (path: string) => Promise<string>
}

/** The SQL in the flow, or that of the file which the settings name. */
export const sqlOf = async (written: string | undefined, reading: Reading): Promise<string> => {
  if (written !== undefined) return written
  const { config, files, readText } = reading
  const { file = '', from } = config
  const path = from === undefined ? files.resolve(file) : await fetched(reading, { file, from })
  const { bytes } = await files.handle(path)
  if (bytes > most)
    throw new Refused({
      code: 'limit',
      message: `The SQL file ${file} has ${formatBytes(bytes)}, more than ${formatBytes(most)}. Is it the right file?`,
    })
  const text = await readText(path)
  if (text.trim() === '') throw new Refused({ code: 'invalid', message: `The SQL file ${file} is empty.` })
  return text
}

const fetched = async (
  { files, blocks, signal }: Reading,
  { file, from }: { readonly file: string; readonly from: string },
): Promise<string> => {
  const storage = await blocks.storage(from)
  const name = objectName(file)
  if (!(await storage.stat(name))) throw await missingObject(storage, name, signal)
  const path = `${files.scratch}/statements.sql`
  await storage.download({ name, path, signal, progress: () => undefined })
  return path
}

/** The text of an SQL file is part of what the cache knows a task by; one in a storage may have changed, so that it is never known again. */
export const sqlFingerprint = ({ file, from }: SqlSource, place: FingerprintPlace): Promise<string | null> => {
  if (from !== undefined) return Promise.resolve(crypto.randomUUID())
  return file === undefined ? Promise.resolve(null) : place.contentHash(file)
}
