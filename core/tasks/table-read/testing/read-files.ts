import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { handleOf, tableJobs, tableOf } from '#test/fixtures/table-job.ts'
import { tableRead } from '../index.ts'

export const jobs = tableJobs()

let files = 0
export const file = (content: string | Buffer, name = 'data.csv'): string => {
  files += 1
  const path = join(jobs.folder, `${files}-${name}`)
  writeFileSync(path, content)
  return path
}

const read = async (paths: string | readonly string[], settings: Record<string, unknown> = {}) => {
  const handles = await Promise.all([paths].flat().map((one) => handleOf(one)))
  return jobs.run([{ type: tableRead, with: settings, inputs: { files: handles } }])
}

export const table = async (paths: string | readonly string[], settings: Record<string, unknown> = {}) => {
  const { outcomes, log } = await read(paths, settings)
  const [first] = outcomes
  if (first?.outcome.kind !== 'completed') throw new Error(JSON.stringify(first?.outcome))
  const handle = tableOf(first.outcome.outputs)
  return { ...handle, log, types: Object.fromEntries(handle.columns.map(({ name, type }) => [name, type])) }
}

export const rows = async (path: string | readonly string[], settings: Record<string, unknown> = {}) => {
  const handles = await Promise.all([path].flat().map((one) => handleOf(one)))
  return jobs.ask({ type: tableRead, with: settings, inputs: { files: handles } }, 'SELECT * FROM {input}')
}

export const failure = async (
  paths: string | readonly string[],
  settings: Record<string, unknown> = {},
): Promise<string> => {
  const { outcomes } = await read(paths, settings)
  const [first] = outcomes
  return first?.outcome.kind === 'failed'
    ? `${first.outcome.failure.code}: ${first.outcome.failure.message}`
    : 'it did not fail'
}
