import { existsSync } from 'node:fs'
import { glob, realpath } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Refused } from '#core/model/failure.ts'

/** More are surely not meant. */
const mostFiles = 10_000

/** `name`: what a pattern left open, with its folders; else the file’s own. */
export type FoundFile = { readonly path: string; readonly name: string }

/** Files that paths name, in the order of the paths; those of a pattern in the order of their names. */
export const expandPaths = async (paths: readonly string[], folder: string): Promise<readonly FoundFile[]> => {
  const found: FoundFile[] = []
  for (const path of paths) {
    const whole = resolve(folder, path)
    // A file may have a star or a bracket in its name.
    if (!isPattern.test(path) || existsSync(whole)) found.push({ path: whole, name: basename(whole) })
    else found.push(...(await matches(path, folder)))
  }
  return found
}

const isPattern = /[*?[\]{}]/

const matches = async (pattern: string, folder: string): Promise<readonly FoundFile[]> => {
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
  if (found.length > 0) return found.toSorted().map((path) => ({ path, name: relative(top, path) }))
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

/** Each file once, though it has several names or fits several patterns; the paths that were left out. */
export const withoutRepeats = async <F extends { readonly path: string }>(
  files: readonly F[],
): Promise<{ readonly files: readonly F[]; readonly repeated: readonly string[] }> => {
  // A file that is not there is refused where it is read.
  const real = await Promise.all(files.map(({ path }) => realpath(path).catch(() => path)))
  const first = new Map(real.map((path, index): [string, number] => [path, index]).toReversed())
  const isFirst = (index: number) => first.get(real[index] ?? '') === index
  return {
    files: files.filter((_, index) => isFirst(index)),
    repeated: files.filter((_, index) => !isFirst(index)).map(({ path }) => path),
  }
}
