import type { StorageFolder } from '#core/model/block-look.ts'

/** One line of a folder: another folder, or an object. */
export type Entry = {
  readonly kind: 'folder' | 'object'
  /** Its whole name; of a folder with a slash at the end. */
  readonly name: string
  /** The last part of it. */
  readonly title: string
  readonly bytes: number
  /** Of a folder: how many lie below it. */
  readonly objects: number | null
  readonly modifiedAt: number | null
}

const titleOf = (name: string, folder: string): string => name.slice(folder.length).replace(/\/$/, '')

/** Folders first, each by name. */
export const entriesOf = ({ folder, folders, objects }: StorageFolder): readonly Entry[] => {
  const byTitle = (one: Entry, other: Entry) => one.title.localeCompare(other.title, undefined, { numeric: true })
  const inside = folders.map(({ name, bytes, objects: count }): Entry => ({
    kind: 'folder',
    name,
    title: titleOf(name, folder),
    bytes,
    objects: count,
    modifiedAt: null,
  }))
  const files = objects.map(({ name, bytes, modifiedAt }): Entry => ({
    kind: 'object',
    name,
    title: titleOf(name, folder),
    bytes,
    objects: null,
    modifiedAt,
  }))
  return [...inside.toSorted(byTitle), ...files.toSorted(byTitle)]
}

/** What a preview can be asked of, by its name. */
export const hasPreview = (name: string): boolean => /\.(csv|tsv|json|ndjson|jsonl|parquet)(\.(gz|zst))?$/i.test(name)

/** The way to a folder from the top: `data/green/` is data, green. */
export const wayTo = (folder: string): readonly { readonly title: string; readonly folder: string }[] => {
  const parts = folder.split('/').filter((part) => part !== '')
  return parts.map((title, index) => ({ title, folder: `${parts.slice(0, index + 1).join('/')}/` }))
}
