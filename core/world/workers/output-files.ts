import { readdir, rename } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { mask, type Masker } from '#core/world/masking/masker.ts'

export type OutputFile = { readonly path: string; readonly name: string; readonly renamed: boolean }

/** Names are stored and shown, and a masked one would lead nowhere: so a file whose name holds a secret gets another. */
export const outputFiles = async (folder: string, masker: Masker): Promise<readonly OutputFile[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const taken = new Set(files)
  const found: OutputFile[] = []
  for (const written of files) {
    const masked = masker.mask(written)
    const name = masked === written ? written : freeName(masked.replaceAll(mask, 'hidden'), taken)
    if (name !== written) await rename(join(folder, written), join(folder, name))
    found.push({ path: join(folder, name), name, renamed: name !== written })
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const freeName = (wanted: string, taken: Set<string>): string => {
  const end = extname(wanted)
  const start = wanted.slice(0, wanted.length - end.length)
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${start}-${count}${end}`
  taken.add(name)
  return name
}
