import type { EngineClient } from '#core/api/client.ts'
import { Refused } from '#core/model/failure.ts'
import { counted } from '#core/model/counted.ts'
import type { Artifact, ArtifactSummary } from '#core/model/artifact.ts'
import type { JsonValue } from '#core/model/handle.ts'
import { exitCodes, formatGrid, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'

export const listArtifacts = async (
  client: EngineClient,
  terminal: Terminal,
  run: string,
  json: boolean,
): Promise<ExitCode> => {
  const artifacts = await client.runs.artifacts({ flowRun: run })
  if (json) for (const artifact of artifacts) printJson(terminal, summaryJson(artifact))
  else if (artifacts.length === 0) terminal.err('The flow run left no artifacts.')
  else {
    const rows = artifacts.map(({ id, taskRun, kind, title }) => [String(id), taskRun, kind, title])
    terminal.out(formatTable(['id', 'task run', 'kind', 'title'], rows))
    terminal.err(`Show one: millrace flow-run artifacts ${run} ${artifacts[0]?.id ?? 'ID'}`)
  }
  return exitCodes.completed
}

export const showArtifact = async (
  client: EngineClient,
  terminal: Terminal,
  run: string,
  { id, json }: { id: string; json: boolean },
): Promise<ExitCode> => {
  if (!/^\d+$/.test(id))
    throw new Refused({ code: 'invalid', message: `“${id}” is no number of an artifact. Without it they are listed.` })
  const artifact = await client.runs.artifact({ flowRun: run, id: Number(id) })
  if (json) printJson(terminal, artifactJson(artifact))
  else printArtifact(terminal, artifact)
  return exitCodes.completed
}

const summaryJson = ({ flowRun, taskRun, id, kind, title, at, bytes }: ArtifactSummary): Record<string, JsonValue> => ({
  id,
  flow_run: flowRun,
  task_run: taskRun,
  kind,
  title,
  at: new Date(at).toISOString(),
  bytes,
})

const artifactJson = ({ flowRun, taskRun, at, ...rest }: Artifact): JsonValue => ({
  ...rest,
  flow_run: flowRun,
  task_run: taskRun,
  at: new Date(at).toISOString(),
})

const cell = (value: JsonValue | undefined): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const printArtifact = (terminal: Terminal, artifact: Artifact): void => {
  terminal.err(artifact.title)
  switch (artifact.kind) {
    case 'table': {
      const { columns, rows, total } = artifact
      terminal.out(
        formatGrid(
          columns.map(({ name }) => name),
          rows.map((row) => columns.map((_, index) => cell(row[index]))),
        ),
      )
      const shown = rows.length < total ? `The first ${rows.length} of ${counted(total, 'row')}` : counted(total, 'row')
      return terminal.err(shown)
    }
    case 'markdown':
      return terminal.out(artifact.text)
    case 'link':
      return terminal.out(artifact.text === artifact.url ? artifact.url : `${artifact.text}: ${artifact.url}`)
    default:
      return artifact satisfies never
  }
}
