import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { InputFile, OpenedFile } from '#renderer/rpc/host.ts'

/** Asks the person; null when nothing was chosen. */
export type FileDialogs = {
  open(kind: 'flow' | 'any' | 'folder'): Promise<string | null>
  save(name: string): Promise<string | null>
}

/** What a window may do with files: only with those that the person chooses in a dialog of the system. */
export type Files = {
  openFlow(): Promise<OpenedFile | null>
  chooseInput(): Promise<InputFile | null>
  chooseFolder(): Promise<string | null>
  save(name: string, text: string): Promise<boolean>
  /** Writes a copy of a file of a run where the person wants it. */
  saveCopy(from: string): Promise<boolean>
}

/** A flow is a text that people write; what is larger is something else. */
const largestFlow = 16 * 2 ** 20

export const filesFor = ({ open, save }: FileDialogs): Files => ({
  openFlow: async () => {
    const file = await open('flow')
    if (file === null) return null
    const { size } = await stat(file)
    if (size > largestFlow) throw new Error(`${path.basename(file)} is too large for a flow.`)
    return { name: path.basename(file), path: file, text: await readFile(file, 'utf8') }
  },
  chooseInput: async () => {
    const file = await open('any')
    return file === null ? null : { name: path.basename(file), path: file, bytes: (await stat(file)).size }
  },
  chooseFolder: () => open('folder'),
  save: async (name, text) => {
    const file = await save(path.basename(name))
    if (file === null) return false
    await writeFile(file, text)
    return true
  },
  saveCopy: async (from) => {
    const file = await save(path.basename(from))
    if (file === null) return false
    await copyFile(from, file)
    return true
  },
})
