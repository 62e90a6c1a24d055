import type { EngineClient } from '#core/api/client.ts'
import { counted } from '#core/model/counted.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ColumnProfile, Drift, ProfileAnswer } from '#core/model/table-profile.ts'
import { exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'

type ProfileOptions = {
  readonly task: string
  readonly output?: string
  readonly drift: boolean
  readonly json: boolean
}

export const profileOutput = async (
  client: EngineClient,
  terminal: Terminal,
  run: string,
  { task, output, drift, json }: ProfileOptions,
): Promise<ExitCode> => {
  const answer = await client.runs.profile({ flowRun: run, task, drift, ...(output !== undefined && { output }) })
  if (json) printJson(terminal, profileJson(answer))
  else printProfile(terminal, answer)
  return exitCodes.completed
}

const profileJson = ({ flowRun, taskRun, output, profile, changedSources, drift }: ProfileAnswer): JsonValue => ({
  flow_run: flowRun,
  task_run: taskRun,
  output,
  ...profile,
  changed_sources: changedSources,
  ...(drift && { drift: driftJson(drift) }),
})

const driftJson = ({ against, reason, findings }: Drift): JsonValue => ({
  against: against && {
    flow_run: against.flowRun,
    name: against.name,
    task_run: against.taskRun,
    other_parameters: against.otherParameters,
  },
  reason,
  findings,
})

const printProfile = (terminal: Terminal, { profile, changedSources, drift }: ProfileAnswer): void => {
  const { rows, columns, omitted } = profile
  const head = ['column', 'type', 'nulls', 'distinct', 'min', 'median', 'max', 'most frequent']
  terminal.out(
    formatTable(
      head,
      columns.map((column) => cellsOf(column, rows)),
    ),
  )
  terminal.err(`${counted(rows, 'row')}, ${counted(columns.length + omitted.length, 'column')}`)
  if (omitted.length > 0)
    terminal.err(`The table is wide: its last ${counted(omitted.length, 'column was', 'columns were')} not looked at.`)
  for (const source of changedSources)
    terminal.err(`${source} was written after the run read it, so the figures may tell of other rows.`)
  if (drift) printDrift(terminal, drift)
}

const short = (text: string | null, length = 24): string => {
  const line = (text ?? '').replaceAll(/\s/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

const share = (count: number, rows: number): string => {
  const percent = (count / rows) * 100
  return percent > 0 && percent < 0.1 ? '<0.1 %' : `${percent.toFixed(percent === 100 ? 0 : 1)} %`
}

const cellsOf = (column: ColumnProfile, rows: number): string[] => {
  const { name, type, nulls, distinct, min, max, quantiles, values } = column
  const about = (exact: boolean) => (exact ? '' : '~')
  const frequent = values.slice(0, 3).map(({ value, count }) => `${short(value, 16)} (${share(count, rows)})`)
  return [
    short(name, 40),
    short(type),
    nulls === 0 ? '' : `${nulls.toLocaleString('en-US')} (${share(nulls, rows)})`,
    about(distinct.exact) + distinct.count.toLocaleString('en-US'),
    short(min),
    quantiles ? about(quantiles.exact) + short(quantiles.p50) : '',
    short(max),
    frequent.join(', '),
  ]
}

const printDrift = (terminal: Terminal, { against, reason, findings }: Drift): void => {
  if (!against) return terminal.err(`No drift can be told. ${reason ?? ''}`.trimEnd())
  const parameters =
    against.otherParameters.length === 0 ? '' : `, which had another ${against.otherParameters.join(', ')}`
  const what = findings.length === 0 ? 'Nothing differs from' : `${counted(findings.length, 'difference')} from`
  terminal.out(`\n${what} flow run '${against.name}'${parameters}`)
  for (const { severity, message } of findings) terminal.out(`${severity.toUpperCase().padEnd(7)} | ${message}`)
}
