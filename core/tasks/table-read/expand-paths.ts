import { existsSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { Refused } from '#core/model/failure.ts'

/** More are surely not meant. */
const mostFiles = 10_000

/** Files that paths name, in the order of the paths; those of a pattern in the order of their names. */
export const expandPaths = async (paths: readonly string[], folder: string): Promise<readonly string[]> => {
  const found: string[] = []
  for (const path of paths) {
    const whole = resolve(folder, path)
    // A file may have a star or a bracket in its name.
    if (!isPattern.test(path) || existsSync(whole)) found.push(whole)
    else found.push(...(await matches(path, folder)))
  }
  return found
}

const isPattern = /[*?[\]{}]/

const matches = async (pattern: string, folder: string): Promise<readonly string[]> => {
  const { start, rest } = splitPattern(pattern)
  const top = isAbsolute(pattern) ? start : resolve(folder, start)
  const found: string[] = []
  for await (const entry of glob(rest, { cwd: top, withFileTypes: true })) {
    if (entry.isFile() || entry.isSymbolicLink()) found.push(join(entry.parentPath, entry.name))
    if (found.length > mostFiles) {
      throw new Refused({
        code: 'limit',
        message: `More than ${mostFiles.toLocaleString('en')} files match “${pattern}” in “${top}”. Narrow the pattern.`,
      })
    }
  }
  if (found.length > 0) return found.toSorted()
  const where = existsSync(top) ? `looked in the folder “${top}”` : `the folder “${top}” does not exist`
  throw new Refused({ code: 'not-found', message: `No file matches “${pattern}” (${where}).` })
}

/** `data/2020-*\/x.csv` → `data` and `2020-*\/x.csv`. */
const splitPattern = (pattern: string): { start: string; rest: string } => {
  const parts = pattern.split(/[/\\]/)
  const first = parts.findIndex((part) => isPattern.test(part))
  const start = parts.slice(0, first).join(sep)
  return { start: start === '' && isAbsolute(pattern) ? sep : start, rest: parts.slice(first).join('/') }
}
