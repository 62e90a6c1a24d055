import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { EngineClient } from '#core/api/client.ts'
import { parseBlockPath } from '#core/model/block-reference.ts'
import { counted } from '#core/model/counted.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import { flowRunJson } from '../json-lines.ts'
import { describeProblem, exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { sourceOf } from './run.ts'

export const listFlows = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const flows = await client.flows.list()
  if (json) {
    for (const { lastRun, ...flow } of flows)
      printJson(terminal, { ...flow, last_run: lastRun && flowRunJson(lastRun) })
  } else if (flows.length === 0) {
    terminal.err('The library is empty. Put a flow into it: millrace flow import FILE')
  } else {
    const rows = flows.map((flow) => [
      flow.name,
      String(flow.tasks),
      flow.lastRun?.state.name ?? 'never run',
      flow.description ?? '',
    ])
    terminal.out(formatTable(['name', 'tasks', 'last run', 'description'], rows))
  }
  return exitCodes.completed
}

export const validateFlow = async (
  client: EngineClient,
  terminal: Terminal,
  name: string,
  json: boolean,
): Promise<ExitCode> => {
  const { problems } = await client.flows.validate({ source: sourceOf(name) })
  for (const problem of problems) {
    if (json) printJson(terminal, { type: 'problem', ...problem })
    else terminal.out(describeProblem(problem, name))
  }
  const errors = problems.filter((problem) => problem.severity === 'error').length
  terminal.err(errors === 0 ? `${name} is valid.` : `${errors} ${errors === 1 ? 'problem' : 'problems'} in ${name}.`)
  return errors === 0 ? exitCodes.completed : exitCodes.wrongUse
}

export const inspectFlow = async (client: EngineClient, terminal: Terminal, name: string): Promise<ExitCode> => {
  const { document, file, lastRuns } = await client.flows.inspect({ source: sourceOf(name) })
  const { runs, failed, medianDuration } = await client.runs.history({ flow: document.name })
  const history = { runs, failed, median_duration_ms: medianDuration }
  printJson(terminal, { ...document, file, last_runs: lastRuns.map(flowRunJson), history })
  const took = medianDuration === null ? '' : ` Completed ones took ${formatDuration(medianDuration)} (median).`
  terminal.err(runs === 0 ? 'No run has ended yet.' : `Last ${counted(runs, 'run')}: ${failed} failed.${took}`)
  return exitCodes.completed
}

export const exportFlow = async (
  client: EngineClient,
  terminal: Terminal,
  name: string,
  options: { withSubflows: boolean; output: string | null },
): Promise<ExitCode> => {
  const { text } = await client.flows.export({ source: sourceOf(name), withSubflows: options.withSubflows })
  if (options.output === null) terminal.write(text)
  else {
    await writeFile(path.resolve(process.cwd(), options.output), text)
    terminal.err(`Written to ${options.output}.`)
  }
  return exitCodes.completed
}

export const importFlow = async (
  client: EngineClient,
  terminal: Terminal,
  file: string,
  options: { overwrite: boolean },
): Promise<ExitCode> => {
  const { text } = parseBlockPath(file)
    ? await client.flows.export({ source: sourceOf(file), withSubflows: true })
    : { text: await readText(file) }
  const { names } = await client.flows.import({ text, overwrite: options.overwrite })
  for (const name of names) terminal.out(name)
  return exitCodes.completed
}

export const deleteFlow = async (client: EngineClient, terminal: Terminal, name: string): Promise<ExitCode> => {
  await client.flows.delete({ name })
  terminal.err(`Flow ${name} is deleted from the library. Its runs are kept.`)
  return exitCodes.completed
}

export const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(path.resolve(process.cwd(), file), 'utf8')
  } catch (cause) {
    throw new Refused({ code: 'not-found', message: `The file ${file} cannot be read. Is the path right?` }, { cause })
  }
}
