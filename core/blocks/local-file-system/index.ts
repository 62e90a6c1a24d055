import { access, constants, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import type { TestStage } from '#core/model/block.ts'
import { openLocalStorage } from './client.ts'

const docs = `
A folder on this machine, used like a bucket by the \`storage.*\` tasks: a data lake without an account. Moving a flow to a bucket in
the cloud is choosing another block.

- A relative folder lies below the home of Millrace; every home begins with \`local-file-system/lake\`.
- Names within it are always written with \`/\`, and nothing outside the folder can be reached: not by \`..\`, not by a link that
  leads out of it.
- The folder, and those below it, are made when something is stored.
`

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
      key: true,
    }),
  }),
  secrets: {},
  capabilities: ['storage', 'writable-storage'],
  examples: [{ path: 'lake' }, { path: '/srv/lake' }],
  openStorage: ({ settings, home }) => Promise.resolve(openLocalStorage(resolve(home, settings.path))),
  test: ({ settings, home }) => testFolder(resolve(home, settings.path)),
})

async function* testFolder(folder: string): AsyncGenerator<TestStage> {
  const found = await stat(folder).catch(() => null)
  if (!found) {
    yield {
      stage: 'Find the folder',
      ok: true,
      duration: 0,
      message: `${folder} is not there yet; the first upload makes it.`,
    }
    return
  }
  const isFolder = found.isDirectory()
  yield {
    stage: 'Find the folder',
    ok: isFolder,
    duration: 0,
    message: isFolder ? folder : `${folder} is no folder.`,
    ...(!isFolder && { remedy: 'Choose another path, or move the file away.' }),
  }
  if (!isFolder) return
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  yield {
    stage: 'Write into it',
    ok: writable,
    duration: 0,
    message: writable ? 'Files can be written.' : `${folder} cannot be written.`,
    ...(!writable && { remedy: 'Give yourself the right to write there, or choose another folder.' }),
  }
}
