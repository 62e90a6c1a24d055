import { shorten } from '#core/kinds/scripts/script-failure.ts'

type Place = { readonly script: string; readonly python: string }

const fileLine = /^\s*File "(.*)", line (\d+)/
const missingModule = /^ModuleNotFoundError: No module named '([\w-]+)/

/**
 * What a traceback says: the exception, and the last line of the user's own script on the way to it. Null when the last
 * words are no traceback. Exception groups draw a frame of bars, which is taken away.
 */
export const pythonFault = (stderr: readonly string[], { script, python }: Place): string | null => {
  const lines = stderr.map((line) => line.replace(/^ *[|+] ?/, ''))
  const lastFile = lines.findLastIndex((line) => fileLine.test(line))
  const at = lines.findIndex((line, index) => index > lastFile && /^\S/.test(line))
  const exception = lines[at]
  if (lastFile === -1 || exception === undefined) return null
  const start = lines.findLastIndex((line, index) => index < at && line.includes('Traceback (most recent call last)'))
  const own = lines
    .slice(Math.max(0, start), at)
    .map((line) => fileLine.exec(line))
    .findLast((match) => match?.[1] === script)
  const place = own?.[2] === undefined ? '' : ` (line ${own[2]} of the script)`
  return `${shorten(exception)}${place}.${hint(exception, python)}`
}

const hint = (exception: string, python: string): string => {
  const module = missingModule.exec(exception)?.[1]
  return module === undefined
    ? ''
    : ` Install it for this Python (${python} -m pip install ${module}), or choose a virtual environment that has it.`
}
