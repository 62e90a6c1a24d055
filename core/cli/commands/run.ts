import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { EngineClient } from '#core/api/client.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowSource } from '#core/model/flow-library.ts'
import { durationOf, type FlowRun, type TaskRun } from '#core/model/flow-run.ts'
import type { FlowRunDetail, RunNews } from '#core/model/run-news.ts'
import { describeState, stateType } from '#core/model/state.ts'
import { newsJson, resultJson } from '../json-lines.ts'
import {
  describeProblem,
  exitCodes,
  formatLogLine,
  formatTable,
  printJson,
  type ExitCode,
  type Terminal,
} from '../terminal.ts'

export type RunOptions = {
  readonly parameters: readonly string[]
  readonly json: boolean
  readonly tags: readonly string[]
  readonly submissionKey: string | null
  readonly selection: { mode: 'only' | 'to' | 'from'; task: string } | null
}

/** A file when it looks like one, else a name in the library. */
export const sourceOf = (name: string): FlowSource =>
  /\.(ya?ml|millrace)$/.test(name) || name.includes('/') || name.includes(path.sep)
    ? { from: 'file', path: name, cwd: process.cwd() }
    : { from: 'library', name }

/** `k=v` as text for the engine to parse by type; `k=@file.json` as JSON. */
const readParameters = async (given: readonly string[]): Promise<Record<string, string>> => {
  const texts: Record<string, string> = {}
  for (const pair of given) {
    const equals = pair.indexOf('=')
    if (equals < 1) {
      throw new Refused({ code: 'invalid', message: `“${pair}” is not a parameter. Write -p name=value.` })
    }
    const value = pair.slice(equals + 1)
    texts[pair.slice(0, equals)] = value.startsWith('@') ? await readParameterFile(value.slice(1)) : value
  }
  return texts
}

const readParameterFile = async (file: string): Promise<string> => {
  try {
    return await readFile(path.resolve(process.cwd(), file), 'utf8')
  } catch (cause) {
    throw new Refused(
      { code: 'invalid', message: `The parameter file ${file} cannot be read. Is the path right?` },
      { cause },
    )
  }
}

export const runFlow = async (
  client: EngineClient,
  terminal: Terminal,
  name: string,
  options: RunOptions,
): Promise<ExitCode> => {
  const source = sourceOf(name)
  const { problems } = await client.flows.validate({ source })
  for (const problem of problems) {
    if (options.json) printJson(terminal, { type: 'problem', ...problem })
    else terminal.err(describeProblem(problem, name))
  }
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length > 0) {
    terminal.err(`${errors.length} ${errors.length === 1 ? 'problem' : 'problems'} in ${name}; nothing was started.`)
    return exitCodes.wrongUse
  }
  const flowRun = await client.runs.submit({
    source,
    parameters: { texts: await readParameters(options.parameters) },
    tags: [...options.tags],
    submissionKey: options.submissionKey,
    selection: options.selection && { ...options.selection, reuse: null },
  })
  return followRun(client, terminal, flowRun, { json: options.json, logsAfter: 0 })
}

/** Prints what happens until the run has ended; Ctrl-C cancels it. */
export const followRun = async (
  client: EngineClient,
  terminal: Terminal,
  flowRun: FlowRun,
  { json, logsAfter }: { json: boolean; logsAfter: number },
): Promise<ExitCode> => {
  const stopCancelling = cancelOnInterrupt(client, terminal, flowRun)
  try {
    const names = new Map([[flowRun.id, flowRun.name]])
    for await (const news of await client.runs.watch({ flowRun: flowRun.id, logsAfter, subflows: true })) {
      if (news.kind === 'flow-run') names.set(news.flowRun.id, news.flowRun.name)
      printNews(terminal, news, names, json)
      await terminal.room()
    }
    const detail = await client.runs.inspect({ flowRun: flowRun.id })
    if (json) printJson(terminal, resultJson(detail))
    else printResult(terminal, detail)
    return exitCodeOfRun(detail.flowRun)
  } finally {
    stopCancelling()
  }
}

/** One Ctrl-C may arrive more than once: from the terminal, and from npm. Milliseconds. */
const onePress = 500

/** The first Ctrl-C cancels, the second also stops what always runs, the third is Node's own: it ends this process. */
const cancelOnInterrupt = (client: EngineClient, terminal: Terminal, flowRun: FlowRun): (() => void) => {
  let last: number | null = null
  const stopListening = () => {
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
  const cancel = () => {
    const now = Date.now()
    if (last !== null && now - last < onePress) return
    const isFirst = last === null
    last = now
    terminal.err(
      isFirst
        ? 'Cancelling; the running tasks are being stopped …'
        : 'Stopping what always runs too. Ctrl-C once more leaves at once.',
    )
    if (!isFirst) stopListening()
    void client.runs.cancel({ flowRun: flowRun.id }).catch(() => undefined)
  }
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  return stopListening
}

/** People get what matters while it runs; the debug lines are in the log. */
const printNews = (terminal: Terminal, news: RunNews, names: ReadonlyMap<string, string>, json: boolean): void => {
  if (json) {
    for (const line of newsJson(news)) printJson(terminal, line)
  } else if (news.kind === 'logs') {
    const lines = news.lines.filter(({ level }) => level !== 'debug')
    for (const line of lines) terminal.err(formatLogLine(line, names.get(line.flowRun) ?? line.flowRun))
  }
}

const rowsOf = (taskRun: TaskRun): string => {
  for (const handle of Object.values(taskRun.outputs)) {
    if (handle.kind === 'table' && handle.rows !== null) return handle.rows.toLocaleString('en-US')
  }
  return ''
}

export const taskTable = (taskRuns: readonly TaskRun[]): string =>
  formatTable(
    ['task', 'state', 'duration', 'rows', 'message'],
    taskRuns.map((taskRun) => [
      taskRun.key,
      taskRun.state.name,
      taskRun.startedAt === null ? '' : formatDuration(durationOf(taskRun)),
      rowsOf(taskRun),
      taskRun.state.message ?? taskRun.waiting ?? '',
    ]),
  )

const printResult = (terminal: Terminal, { flowRun, taskRuns }: FlowRunDetail): void => {
  terminal.out(taskTable(taskRuns))
  terminal.out(`Flow run '${flowRun.name}' finished in state ${describeState(flowRun.state)}`)
  const again = stateType(flowRun.state)
  if (again === 'FAILED' || again === 'CRASHED' || again === 'CANCELLED') {
    terminal.err(`To go on where it stopped: millrace flow-run resume ${flowRun.name}`)
  }
}

const exitCodeOfRun = (flowRun: FlowRun): ExitCode => {
  const type = stateType(flowRun.state)
  if (type === 'COMPLETED') return exitCodes.completed
  return type === 'CANCELLED' ? exitCodes.cancelled : exitCodes.failed
}
