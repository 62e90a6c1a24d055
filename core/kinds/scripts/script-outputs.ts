import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'

type Written = readonly { readonly path: string; readonly name: string }[]

/** The file that other tasks get: the one that is wanted by name, or the only one. */
export const outputFile = (
  written: Written,
  { wanted, taken }: { wanted: string | undefined; taken: boolean },
): string | null => {
  const [first] = written
  if (wanted !== undefined) {
    const found = written.find(({ name }) => name === wanted)
    if (found) return found.path
    throw new Refused({
      code: 'not-found',
      message: `The script did not write “${wanted}” into the folder $MILLRACE_OUTPUTS. ${itWrote(written)}`,
    })
  }
  if (first === undefined) return null
  if (written.length === 1) return first.path
  if (!taken) return null
  throw new Refused({
    code: 'invalid',
    message: `The script wrote ${written.length} files, and the next task takes one. Name it in the setting “output”, or take them all: connect “files”. ${itWrote(written)}`,
  })
}

const itWrote = (written: Written): string => {
  if (written.length === 0) return 'It wrote none.'
  const names = written.slice(0, 10).map(({ name }) => name)
  return `It wrote: ${names.join(', ')}${written.length > 10 ? ` and ${written.length - 10} more` : ''}.`
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
