import type { EngineClient } from '#core/api/client.ts'
import { counted } from '#core/model/counted.ts'
import type { Dataset } from '#core/model/dataset.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'

const datasetJson = ({ location, columns, rows, flowRun, taskRun, writtenAt, madeFrom }: Dataset): JsonValue => ({
  location,
  columns,
  rows,
  flow_run: flowRun,
  task_run: taskRun,
  written: new Date(writtenAt).toISOString(),
  made_from: madeFrom,
})

export const listDatasets = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const datasets = await client.datasets.list()
  if (json) for (const dataset of datasets) printJson(terminal, datasetJson(dataset))
  else if (datasets.length === 0) terminal.err('No flow of this home has written anything yet.')
  else terminal.out(formatTable(['location', 'rows', 'columns', 'flow run', 'task run'], datasets.map(cellsOf)))
  return exitCodes.completed
}

const cellsOf = ({ location, rows, columns, flowRun, taskRun }: Dataset): string[] => [
  location,
  rows === null ? '' : rows.toLocaleString('en-US'),
  columns.length === 0 ? '' : String(columns.length),
  flowRun,
  taskRun,
]

export const inspectDataset = async (
  client: EngineClient,
  terminal: Terminal,
  location: string,
  json: boolean,
): Promise<ExitCode> => {
  const dataset = await client.datasets.inspect({ location })
  if (json) {
    printJson(terminal, datasetJson(dataset))
    return exitCodes.completed
  }
  const { rows, columns, flowRun, taskRun, writtenAt, madeFrom } = dataset
  terminal.out(location)
  terminal.out(`Written ${new Date(writtenAt).toISOString()} by task run ${taskRun} of flow run ${flowRun}`)
  if (rows !== null) terminal.out(counted(rows, 'row'))
  for (const source of madeFrom) terminal.out(`Made from ${source}`)
  if (columns.length > 0) {
    const cells = columns.map(({ name, type }) => [name, type])
    terminal.out(formatTable(['column', 'type'], cells))
  }
  return exitCodes.completed
}
