import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

export const makeOutputFolder = (results: string): string => {
  const folder = join(results, 'outputs')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** What an attempt before left must not be taken for the work of this one. */
export const emptyFolder = (folder: string): void => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}

/** The file that other tasks get: the one that is wanted by name, or the only one. */
export const outputFile = (
  folder: string,
  { wanted, taken }: { wanted: string | undefined; taken: boolean },
): string | null => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted()
  const [first] = names
  if (wanted !== undefined) {
    if (names.includes(wanted)) return join(folder, wanted)
    throw new Refused({
      code: 'not-found',
      message: `The script did not write “${wanted}” into the folder $MILLRACE_OUTPUTS. ${itWrote(names)}`,
    })
  }
  if (first === undefined) return null
  if (names.length === 1) return join(folder, first)
  if (!taken) return null
  throw new Refused({
    code: 'invalid',
    message: `The script wrote ${names.length} files, and the next task takes one. Name it in the setting “output”. ${itWrote(names)}`,
  })
}

const itWrote = (names: readonly string[]): string => {
  if (names.length === 0) return 'It wrote none.'
  return `It wrote: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}.`
}

/** What the last line says, when it is JSON. */
export const lastJson = (lines: readonly string[]): JsonValue | undefined => {
  const last = lines.at(-1)?.trim()
  if (!last) return undefined
  try {
    return JSON.parse(last) as JsonValue
  } catch {
    return undefined
  }
}
