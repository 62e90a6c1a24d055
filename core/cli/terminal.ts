import type { Failure, FailureCode } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { LogLine } from '#core/model/log-line.ts'
import type { Problem } from '#core/model/problem.ts'
import { taskRunName } from '#core/model/task-run-key.ts'

/** Where a command writes. Results go to `out`, everything else to `err`; each takes lines. */
export type Terminal = {
  out(text: string): void
  err(text: string): void
  /** For a result whose bytes count: nothing is added. */
  write(text: string): void
  /** Resolves once the readers have caught up, so that a command that writes a lot does not hold it all. */
  room(): Promise<void>
  /** Nobody reads the results any more, as after `| head`. */
  isLeft(): boolean
}

const outlet = (stream: NodeJS.WriteStream) => {
  let left = false
  // The reader may go; what was begun goes on to its end.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    left = true
  })
  const room = async (): Promise<void> => {
    if (left || !stream.writableNeedDrain) return
    await new Promise<void>((resolve) => {
      const goOn = () => {
        stream.off('drain', goOn).off('close', goOn)
        resolve()
      }
      stream.on('drain', goOn).on('close', goOn)
    })
  }
  return { write: (text: string) => void (left || stream.write(text)), room, isLeft: () => left }
}

/** A stream is opened when something is written to it. */
const outlets: { out?: ReturnType<typeof outlet>; err?: ReturnType<typeof outlet> } = {}
const out = () => (outlets.out ??= outlet(process.stdout))
const err = () => (outlets.err ??= outlet(process.stderr))

export const processTerminal: Terminal = {
  out: (text) => out().write(`${text}\n`),
  err: (text) => err().write(`${text}\n`),
  write: (text) => out().write(text),
  room: async () => void (await Promise.all([out().room(), err().room()])),
  isLeft: () => out().isLeft(),
}

export const exitCodes = { completed: 0, failed: 1, wrongUse: 2, notFound: 3, cancelled: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeOf = (code: FailureCode): ExitCode => {
  if (code === 'invalid' || code === 'conflict') return exitCodes.wrongUse
  if (code === 'not-found') return exitCodes.notFound
  if (code === 'cancelled') return exitCodes.cancelled
  return exitCodes.failed
}

export const printJson = (terminal: Terminal, value: JsonValue): void => terminal.out(JSON.stringify(value))

/** What to do about it on the command line. */
const advice: Readonly<Record<string, string>> = {
  'not-found flow': 'See millrace flow ls.',
  'conflict flow': 'Import with --overwrite to replace it; its saved versions stay.',
  'invalid flow': 'See millrace flow validate.',
  'not-found flow-run': 'See millrace flow-run ls.',
  'not-found tag-limit': 'See millrace concurrency-limit ls.',
  'not-found dataset': 'See millrace dataset ls.',
}

const adviceFor = ({ code, about }: Failure): readonly string[] => {
  const found = about === undefined ? undefined : advice[`${code} ${about}`]
  return found === undefined ? [] : [found]
}

export const printFailure = (terminal: Terminal, failure: Failure): void => {
  terminal.err(['Error:', failure.message, ...adviceFor(failure)].join(' '))
  if (failure.detail !== undefined && failure.code === 'bug') terminal.err(failure.detail)
}

export const describeProblem = (problem: Problem, file: string): string => {
  const path = problem.path.length === 0 ? '' : ` ${problem.path.join('.')}:`
  return `${file}:${problem.line}:${problem.column} ${problem.severity} [${problem.code}]${path} ${problem.message} ${problem.remedy}`.trimEnd()
}

/** Columns padded to the widest cell. */
export const formatGrid = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line)].join('\n')
}

/** A list of things, with the head in capitals. */
export const formatTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  formatGrid(
    head.map((title) => title.toUpperCase()),
    rows,
  )

const pad = (value: number, length = 2): string => String(value).padStart(length, '0')

/** The day where the user is, as `2020-11-30`: it stands before the clock of a log line. */
export const formatDay = (at: number): string => {
  const date = new Date(at)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

const clock = (at: number): string => {
  const date = new Date(at)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`
}

/** `12:04:07.123 | INFO    | Task run 'fetch-0' - message`, as Prefect prints to the console. */
export const formatLogLine = (line: LogLine, flowRunName: string): string => {
  const subject = line.taskRun === null ? `Flow run '${flowRunName}'` : `Task run '${taskRunName(line.taskRun)}'`
  return `${clock(line.at)} | ${line.level.toUpperCase().padEnd(7)} | ${subject} - ${line.message}`
}
