import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Refused } from '#core/model/failure.ts'

/** A file of the screen, as it is sent. */
export type ScreenFile = { readonly type: string; readonly content: Buffer; readonly immutable: boolean }

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** All files of the built screen by their path in the address: nothing outside this list can be asked for. */
export const readScreenFiles = async (folder: string): Promise<ReadonlyMap<string, ScreenFile>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Refused(
      { code: 'not-found', message: `The screen is not built: ${folder} is missing. Run npm run build.` },
      { cause },
    )
  })
  const files = new Map<string, ScreenFile>()
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name)
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`
    const type = types[path.extname(file)]
    // The names of built parts change with their content.
    if (type) files.set(address, { type, content: await readFile(file), immutable: address.startsWith('/assets/') })
  }
  return files
}
