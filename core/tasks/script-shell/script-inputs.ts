import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileHandle, TableHandle, ValueHandle } from '#core/model/handle.ts'

export type ScriptInputs = {
  readonly files: readonly FileHandle[]
  /** Materialised. */
  readonly tables: readonly TableHandle[]
  readonly values: readonly ValueHandle[]
}

/** A program gets at most 128 KiB in one variable; longer lists are in the JSON file only. */
const longestVariable = 100_000

/** The variables by which a script finds its inputs; writes the JSON file that one of them names. */
export const inputEnvironment = (inputs: ScriptInputs, folder: string): Readonly<Record<string, string>> => {
  const description = join(folder, 'millrace-inputs.json')
  const files = inputs.files.map(({ path, name, bytes }) => ({ path, name, bytes }))
  const tables = inputs.tables.map(({ path, rows, columns }) => ({ path, rows, columns }))
  const values = inputs.values.map(({ value }) => value)
  writeFileSync(description, `${JSON.stringify({ files, tables, values }, null, 2)}\n`)
  return {
    MILLRACE_INPUTS: description,
    ...pathList('MILLRACE_INPUT_FILES', files),
    ...pathList('MILLRACE_INPUT_TABLES', tables),
  }
}

const pathList = (name: string, things: readonly { path: string | null }[]): Record<string, string> => {
  const list = things.map(({ path }) => path).join('\n')
  return list.length === 0 || list.length > longestVariable ? {} : { [name]: list }
}
