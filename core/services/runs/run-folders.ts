import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { opendir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FlowRun } from '#core/model/flow-run.ts'

/** The folder that relative paths in a flow run's flow mean. */
export const folderOf = (flowRun: FlowRun, library: string): string =>
  flowRun.file === null ? library : path.dirname(flowRun.file)

/** Where the files of a flow run lie: `HOME/runs/<flow run id>/{scratch,results}`, made by the first task run with a file. */
export type RunFolders = { readonly run: string; readonly scratch: string; readonly results: string }

export const runFolders = (home: string, flowRun: string): RunFolders => {
  const run = path.join(home, 'runs', flowRun)
  return { run, scratch: path.join(run, 'scratch'), results: path.join(run, 'results') }
}

/**
 * Scratch is for the run only; results stay until the run is purged. It is out of the way before this returns, since a run
 * that is resumed at once makes it anew.
 */
export const cleanScratch = async (home: string, flowRun: string): Promise<void> => {
  const { scratch } = runFolders(home, flowRun)
  if (!existsSync(scratch)) return
  const gone = path.join(home, discarded, randomUUID())
  mkdirSync(path.dirname(gone), { recursive: true })
  renameSync(scratch, gone)
  await rm(gone, { recursive: true, force: true })
}

const discarded = 'discarded'

/** What an engine that died had no time to remove. */
export const removeDiscarded = async (home: string): Promise<void> => {
  const folder = path.join(home, discarded)
  const names = existsSync(folder) ? await readdir(folder) : []
  for (const name of names) await rm(path.join(folder, name), { recursive: true, force: true })
}

/** Flow runs that have scratch. */
export async function* runsWithScratch(home: string): AsyncGenerator<string> {
  const folder = path.join(home, 'runs')
  if (!existsSync(folder)) return
  for await (const { name } of await opendir(folder)) if (existsSync(runFolders(home, name).scratch)) yield name
}

export const removeRunFolders = (home: string, flowRun: string): Promise<void> =>
  rm(runFolders(home, flowRun).run, { recursive: true, force: true })

/** Bytes of all results of a flow run. */
export const resultBytes = async (home: string, flowRun: string): Promise<number> => {
  const { results } = runFolders(home, flowRun)
  if (!existsSync(results)) return 0
  const entries = await readdir(results, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
