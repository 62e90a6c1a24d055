import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { StateStore } from '#core/model/store.ts'

export type UploadsWorld = {
  readonly home: string
  readonly store: Pick<StateStore, 'mentions'>
  /** Flow files that somebody has open, wherever they lie. */
  openFiles(): readonly string[]
  now(): number
}

const day = 86_400_000

/** How many are looked for at once; the others have their turn later. */
const mostAtOnce = 50

/**
 * Files that a browser brought lie in folders of their own, `HOME/uploads/<random>/name`. One goes a day after it came, unless
 * a flow, a saved version, a run or a block names it.
 */
export const forgetUploads = async ({ home, store, openFiles, now }: UploadsWorld): Promise<void> => {
  const folder = path.join(home, 'uploads')
  const names = await readdir(folder).catch(() => [])
  const old: string[] = []
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => null)
    if (found && found.mtimeMs < now() - day) old.push(name)
  }
  if (old.length === 0) return
  const texts = await textsOf([...(await libraryFiles(home)), ...openFiles()])
  for (const name of old.slice(0, mostAtOnce)) {
    if (texts.some((text) => text.includes(name)) || store.mentions(name)) continue
    await rm(path.join(folder, name), { recursive: true, force: true })
  }
}

const libraryFiles = async (home: string): Promise<readonly string[]> => {
  const library = path.join(home, 'flows')
  const names = await readdir(library).catch(() => [])
  return names.filter((name) => name.endsWith('.yaml')).map((name) => path.join(library, name))
}

const textsOf = (files: readonly string[]): Promise<readonly string[]> =>
  Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
