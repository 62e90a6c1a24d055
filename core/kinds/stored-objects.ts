import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { StorageClient, StoredObject } from './capabilities.ts'

/** So many files are on their way at once: enough to fill a line, and few enough for its other end. */
export const atOnce = 8

/** Names of objects never begin with a slash. */
export const objectName = (text: string): string => text.replace(/^\/+/, '')

/** The part up to the last slash, with it. */
export const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1)

/** A name with `*`, `?`, `[…]` or `{a,b}` in it stands for several. */
export const isPattern = (text: string): boolean => /[*?[{]/.test(text)

/** What all names that fit a pattern begin with: a storage is asked for no more than these. */
export const fixedStart = (pattern: string): string => pattern.slice(0, pattern.search(/[*?[{]|$/))

const looked = 1000

/** Says which names there are beside the one that is not. */
export const missingObject = async (storage: StorageClient, name: string, signal: AbortSignal): Promise<Refused> => {
  const folder = folderOf(name)
  const names: string[] = []
  for await (const object of storage.list(folder, signal)) {
    if (!object.name.slice(folder.length).includes('/')) names.push(object.name.slice(folder.length))
    if (names.length >= looked) break
  }
  const where = folder === '' ? storage.location : `${folder} of ${storage.location}`
  const there = names.length === 0 ? `There is nothing in ${where}.` : didYouMean(name.slice(folder.length), names)
  return new Refused({ code: 'not-found', message: `There is no “${name}” in ${storage.location}. ${there}` })
}

/** All of them, or as many as `limit` says. */
export const collectObjects = async (
  objects: AsyncIterable<StoredObject>,
  { limit, fits }: { limit: number; fits(name: string): boolean },
): Promise<{ readonly objects: readonly StoredObject[]; readonly more: boolean }> => {
  const found: StoredObject[] = []
  for await (const object of objects) {
    if (!fits(object.name)) continue
    if (found.length === limit) return { objects: found, more: true }
    found.push(object)
  }
  return { objects: found, more: false }
}
