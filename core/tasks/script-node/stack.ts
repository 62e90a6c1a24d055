import { pathToFileURL } from 'node:url'
import { shorten } from '#core/kinds/scripts/script-failure.ts'

/** `    at f (file:///…/script.mjs:3:7)`, and without a column where the source of the error is quoted. */
const frame = /^\s+at /
const header = /^(?:Uncaught )?([A-Za-z_$][\w$.]*(?: \[\w+\])?: .+|[A-Z]\w*(?:Error|Exception))$/

/**
 * What Node says of an uncaught error: the error, and the first line of the user's own script in its stack. Null when the
 * last words are no stack.
 */
export const nodeFault = (stderr: readonly string[], script: string): string | null => {
  const names = [pathToFileURL(script).href, script]
  const version = stderr.findLastIndex((line) => /^Node\.js v\d/.test(line))
  if (version === -1) return null
  const lines = stderr.slice(0, version).filter((line) => !line.startsWith('(Use `node --trace-uncaught'))
  const firstFrame = lines.findIndex((line) => frame.test(line))
  const before = firstFrame === -1 ? lines : lines.slice(0, firstFrame)
  const error = before.find((line) => header.test(line)) ?? before.findLast((line) => line.trim() !== '')
  if (error === undefined) return null
  const own = [...lines.slice(Math.max(0, firstFrame)), ...before].map((line) => lineIn(line, names)).find(Boolean)
  return `${shorten(error.replace(/^Uncaught /, ''))}${own ? ` (line ${own} of the script)` : ''}.`
}

const lineIn = (line: string, names: readonly string[]): string | null => {
  for (const name of names) {
    const at = line.indexOf(`${name}:`)
    const number = at === -1 ? undefined : /^\d+/.exec(line.slice(at + name.length + 1))?.[0]
    if (number !== undefined) return number
  }
  return null
}
