import type { Column, FileHandle, JsonValue, TableHandle, ValueHandle } from '#core/model/handle.ts'

export type ScriptTable = Pick<TableHandle, 'path' | 'rows'> & { readonly columns: readonly Column[] }

export type ScriptInputs = {
  readonly files: readonly FileHandle[]
  readonly tables: readonly ScriptTable[]
  readonly values: readonly ValueHandle[]
  readonly args: readonly JsonValue[]
}

/** A program gets at most 128 KiB in one variable; longer lists are in the JSON file only. */
const longestVariable = 100_000

/** How a script finds its inputs: the text of a JSON file that describes them all, and variables with paths. */
export const describeInputs = (
  inputs: ScriptInputs,
): { readonly json: string; readonly env: Readonly<Record<string, string>> } => {
  const { tables, args } = inputs
  const files = inputs.files.map(({ path, name, bytes }) => ({ path, name, bytes }))
  const values = inputs.values.map(({ value }) => value)
  return {
    json: `${JSON.stringify({ files, tables, values, args }, null, 2)}\n`,
    env: { ...pathList('MILLRACE_INPUT_FILES', files), ...pathList('MILLRACE_INPUT_TABLES', tables) },
  }
}

const pathList = (name: string, things: readonly { path: string | null }[]): Record<string, string> => {
  const list = things.map(({ path }) => path).join('\n')
  return list.length === 0 || list.length > longestVariable ? {} : { [name]: list }
}
