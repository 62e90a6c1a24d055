import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import { inUserFolder } from '#core/kinds/user-folder.ts'
import { isWritableFolder, writeIntoFolder } from '#core/folders/writable-folder.ts'
import type { TestStage } from '#core/model/block.ts'
import { openLocalStorage } from './client.ts'

const docs = `
A folder on this machine, used like a bucket by the \`storage.*\` tasks: a data lake without an account. Moving a flow to a bucket in
the cloud is choosing another block.

- A relative folder lies below the home of Millrace, \`~/lake\` in your own folder; every home begins with \`local-file-system/lake\`.
- Names within it are always written with \`/\`, and nothing outside the folder can be reached: not by \`..\`, not by a link that
  leads out of it.
- The folder, and those below it, are made when something is stored.
`

const folderOf = (home: string, path: string): string => resolve(home, inUserFolder(path, homedir()))

export const localFileSystemBlock = defineBlock({
  type: 'local-file-system',
  version: 1,
  title: 'Local folder',
  summary: 'A folder on this machine as a storage: a lake without an account.',
  icon: 'folder',
  docs,
  config: z.object({
    path: field.path({
      title: 'Folder',
      help: 'Relative means below Millrace’s home. Made at the first upload.',
      folder: true,
      key: true,
    }),
  }),
  secrets: {},
  capabilities: ['storage', 'writable-storage'],
  examples: [{ path: 'lake' }, { path: '/srv/lake' }],
  openStorage: ({ settings, home }) => Promise.resolve(openLocalStorage(folderOf(home, settings.path))),
  test: ({ settings, home, write = false }) => testFolder(folderOf(home, settings.path), write),
})

async function* testFolder(folder: string, write: boolean): AsyncGenerator<TestStage> {
  const found = await stat(folder).catch(() => null)
  const writable = await isWritableFolder(folder)
  if (found?.isDirectory() === false) {
    const message = `${folder} is no folder.`
    const remedy = 'Choose another path, or move the file away.'
    yield { stage: 'Find the folder', ok: false, duration: 0, message, remedy }
    return
  }
  if (found) yield { stage: 'Find the folder', ok: true, duration: 0, message: folder }
  else {
    const missing = `${folder} is not there yet; the first upload makes it.`
    yield {
      stage: 'Find the folder',
      duration: 0,
      ...writable,
      message: writable.ok ? missing : `${folder} is not there yet and cannot be made: ${writable.message}`,
    }
  }
  if (write && writable.ok) yield { stage: 'Write into it', duration: 0, ...(await writeIntoFolder(folder)) }
  else if (found) yield { stage: 'Write into it', duration: 0, ...writable }
}
