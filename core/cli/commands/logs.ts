import type { EngineClient } from '#core/api/client.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import { logLevels, type LogLevel, type LogLine } from '#core/model/log-line.ts'
import { logJson } from '../json-lines.ts'
import { exitCodes, formatDay, formatLogLine, printJson, type ExitCode, type Terminal } from '../terminal.ts'

export type LogOptions = {
  readonly level?: LogLevel
  readonly search?: string
  readonly task?: string
  readonly tail: number | null
  readonly follow: boolean
  readonly json: boolean
}

/** The log is the result here, so it goes to stdout. */
export const printLogs = async (
  client: EngineClient,
  terminal: Terminal,
  id: string,
  options: LogOptions,
): Promise<ExitCode> => {
  const { flowRun } = await client.runs.inspect({ flowRun: id })
  const print = (line: LogLine): void => {
    if (options.json) printJson(terminal, logJson(line))
    else terminal.out(`${formatDay(line.at)} ${formatLogLine(line, flowRun.name)}`)
  }
  if (!options.follow) {
    await printStored({ client, terminal, print }, flowRun, options)
    return exitCodes.completed
  }
  return untilInterrupted(async (signal) => {
    const after = await printStored({ client, terminal, print }, flowRun, options)
    if (flowRun.state.name === 'AwaitingRetry')
      terminal.err(`It waits for its next try. If nobody goes on with it: millrace flow-run resume ${flowRun.name}`)
    for await (const news of await client.runs.watch({ flowRun: flowRun.id, logsAfter: after }, { signal })) {
      if (news.kind === 'logs') news.lines.filter(fits(options)).forEach(print)
      if (terminal.isLeft()) break
      await terminal.room()
    }
  })
}

/** Ctrl-C ends the following and leaves the run alone. */
const untilInterrupted = async (work: (signal: AbortSignal) => Promise<void>): Promise<ExitCode> => {
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    await work(interrupted.signal)
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
  return interrupted.signal.aborted ? exitCodes.cancelled : exitCodes.completed
}

type Printing = { readonly client: EngineClient; readonly terminal: Terminal; print(line: LogLine): void }

/** The seq of the last line of the run that was looked at. */
const printStored = async (
  { client, terminal, print }: Printing,
  flowRun: FlowRun,
  { level, search, task, tail }: LogOptions,
): Promise<number> => {
  const [newest] = await client.runs.logs({ flowRun: flowRun.id, limit: 1, tail: true })
  const query = {
    flowRun: flowRun.id,
    ...(level !== undefined && { minimumLevel: level }),
    ...(search !== undefined && { search }),
    ...(task !== undefined && { taskRun: task }),
  }
  if (tail !== null) {
    // A misspelt task is told also when no line is wanted.
    const last = await client.runs.logs({ ...query, limit: Math.max(tail, 1), tail: true })
    const lines = tail === 0 ? [] : last
    lines.forEach(print)
    return Math.max(newest?.seq ?? 0, last.at(-1)?.seq ?? 0)
  }
  let after = 0
  for (;;) {
    const lines = await client.runs.logs({ ...query, after, limit: 5000 })
    lines.forEach(print)
    const last = lines.at(-1)
    if (last === undefined || terminal.isLeft()) return Math.max(newest?.seq ?? 0, after)
    after = last.seq
    await terminal.room()
  }
}

const fits =
  ({ level, search, task }: LogOptions) =>
  (line: LogLine): boolean =>
    (level === undefined || logLevels[line.level] >= logLevels[level]) &&
    (search === undefined || line.message.toLowerCase().includes(search.toLowerCase())) &&
    (task === undefined || line.taskRun === task)
