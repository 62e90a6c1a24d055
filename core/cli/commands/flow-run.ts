import type { EngineClient } from '#core/api/client.ts'
import { counted } from '#core/model/counted.ts'
import { formatDuration } from '#core/model/duration.ts'
import type { CacheDecision } from '#core/model/flow-run.ts'
import type { FlowRunDetail } from '#core/model/run-news.ts'
import { describeState, stateType } from '#core/model/state.ts'
import { flowRunJson, taskRunJson } from '../json-lines.ts'
import { exitCodes, formatGrid, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { followRun, taskTable } from './run.ts'

type ListOptions = {
  readonly flow?: string
  readonly states: readonly string[]
  readonly tag?: string
  readonly limit: number
  readonly json: boolean
}

const ago = (at: number, now: number): string => `${formatDuration(Math.max(0, now - at))} ago`

export const listFlowRuns = async (
  client: EngineClient,
  terminal: Terminal,
  options: ListOptions,
): Promise<ExitCode> => {
  const { flow, tag } = options
  const runs = await client.runs.list({
    states: [...options.states],
    limit: options.limit,
    ...(flow !== undefined && { flow }),
    ...(tag !== undefined && { tag }),
  })
  if (options.json) for (const run of runs) printJson(terminal, flowRunJson(run))
  else if (runs.length === 0) terminal.err('No flow runs. Start one: millrace run FILE')
  else {
    const now = Date.now()
    const rows = runs.map((run) => [run.id, run.flow, run.name, run.state.name, ago(run.createdAt, now)])
    terminal.out(formatTable(['id', 'flow', 'name', 'state', 'when'], rows))
  }
  return exitCodes.completed
}

/** Enough of each part to see which one differs between two runs. */
const describeCache = ({ outcome, key, parts }: CacheDecision): string => {
  const made = Object.entries(parts).map(
    ([part, value]) => `${part} ${value.replace(/^([0-9a-f]{12})[0-9a-f]{52}$/, '$1')}`,
  )
  return `${outcome}; key ${key} of ${made.join(', ')}`
}

/** For a run that goes on, from how long completed runs of the flow took. */
const describeExpectedEnd = ({ flowRun, expectedEnd }: FlowRunDetail, now: number): string | null => {
  const { state, startedAt } = flowRun
  if (expectedEnd === null || startedAt === null || stateType(state) !== 'RUNNING') return null
  const left = expectedEnd - now
  const when =
    left >= 0 ? `Expected to end in ${formatDuration(left)}` : `Expected to have ended ${formatDuration(-left)} ago`
  return `${when}: completed runs took ${formatDuration(expectedEnd - startedAt)} (median).`
}

export const inspectFlowRun = async (
  client: EngineClient,
  terminal: Terminal,
  id: string,
  json: boolean,
): Promise<ExitCode> => {
  const detail = await client.runs.inspect({ flowRun: id })
  const { flowRun, taskRuns, children, expectedEnd } = detail
  if (json) {
    printJson(terminal, {
      ...flowRunJson(flowRun),
      task_runs: taskRuns.map(taskRunJson),
      subflow_runs: children.map(flowRunJson),
      expected_end: expectedEnd === null ? null : new Date(expectedEnd).toISOString(),
    })
    return exitCodes.completed
  }
  terminal.out(`${flowRun.name} (${flowRun.id}) of flow ${flowRun.flow}: ${describeState(flowRun.state)}`)
  terminal.out(`Parameters: ${JSON.stringify(flowRun.parameters)}`)
  const expected = describeExpectedEnd(detail, Date.now())
  if (expected !== null) terminal.out(expected)
  terminal.out(taskTable(taskRuns))
  for (const taskRun of taskRuns) {
    if (taskRun.cache) terminal.out(`Cache of ${taskRun.key}: ${describeCache(taskRun.cache)}`)
  }
  for (const child of children) terminal.out(`Subflow run ${child.name} (${child.id}): ${describeState(child.state)}`)
  return exitCodes.completed
}

type Change = 'cancel' | 'pause' | 'resume'

export const changeFlowRun = async (
  client: EngineClient,
  terminal: Terminal,
  id: string,
  { change, json }: { change: Change; json: boolean },
): Promise<ExitCode> => {
  if (change === 'resume') return resumeFlowRun(client, terminal, id, json)
  const flowRun = await client.runs[change]({ flowRun: id })
  if (json) printJson(terminal, flowRunJson(flowRun))
  else terminal.out(`Flow run '${flowRun.name}' is in state ${describeState(flowRun.state)}`)
  return exitCodes.completed
}

/** Follows the run to its end, since this process may be its engine; what was logged before was shown before. */
const resumeFlowRun = async (
  client: EngineClient,
  terminal: Terminal,
  id: string,
  json: boolean,
): Promise<ExitCode> => {
  const [last] = await client.runs.logs({ flowRun: id, limit: 1, tail: true })
  const flowRun = await client.runs.resume({ flowRun: id })
  return followRun(client, terminal, flowRun, { json, logsAfter: last?.seq ?? 0 })
}

export const deleteFlowRun = async (client: EngineClient, terminal: Terminal, id: string): Promise<ExitCode> => {
  await client.runs.delete({ flowRun: id })
  terminal.err(`Flow run ${id} is deleted.`)
  return exitCodes.completed
}

export const previewOutput = async (
  client: EngineClient,
  terminal: Terminal,
  id: string,
  options: { task: string; output?: string; limit: number; json: boolean },
): Promise<ExitCode> => {
  const { output } = options
  const preview = await client.runs.preview({
    flowRun: id,
    task: options.task,
    limit: options.limit,
    ...(output !== undefined && { output }),
  })
  for (const source of preview.changedSources)
    terminal.err(`${source} was changed since the run read it, so these may be other rows than it saw.`)
  if (options.json) {
    for (const row of preview.rows) printJson(terminal, row)
    return exitCodes.completed
  }
  const names = preview.columns.map((column) => column.name)
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  terminal.out(
    formatGrid(
      names,
      preview.rows.map((row) => names.map((name) => cell(row[name]))),
    ),
  )
  const rows = preview.rowCount === null ? 'Unknown number of rows' : counted(preview.rowCount, 'row')
  const stored = preview.bytes === null ? 'not stored' : counted(preview.bytes, 'byte')
  terminal.err(`${rows}, ${counted(preview.columns.length, 'column')}, ${stored}`)
  return exitCodes.completed
}

/** `with.url` names the setting `url`; a number names an element of a list. */
const pathOf = (field: string): (string | number)[] =>
  field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))

export const explainField = async (
  client: EngineClient,
  terminal: Terminal,
  { run, task, field }: { run: string; task: string; field: string },
): Promise<ExitCode> => {
  const { written, result, sources } = await client.runs.explain({ flowRun: run, taskRun: task, path: pathOf(field) })
  terminal.out(`written: ${JSON.stringify(written)}`)
  terminal.out(result.ok ? `gives:   ${JSON.stringify(result.value)}` : `fails:   ${result.problems.join(' ')}`)
  for (const { name, value } of sources) terminal.out(`from:    ${name} = ${JSON.stringify(value ?? null)}`)
  return result.ok ? exitCodes.completed : exitCodes.failed
}
