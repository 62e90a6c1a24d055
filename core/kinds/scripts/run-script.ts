import type { Files, ProcessResult, TaskContext } from '#core/kinds/task-context.ts'
import type { InputsOf, OutputsOf } from '#core/kinds/task-type.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { codeFromStorage } from './code-from-storage.ts'
import { describeInputs, type ScriptTable } from './describe-inputs.ts'
import { lastJson, outputFile } from './script-outputs.ts'
import { scriptFailure } from './script-failure.ts'
import { bytesOf, type scriptInputs, type ScriptConfig, type scriptOutputs } from './script-settings.ts'

/** Text from the flow, or the full path of a file that exists. */
export type ScriptCode =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'file'; readonly path: string }

/** How a script is started: `args` are what comes before its own. */
export type ScriptCommand = {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What went wrong and where, from its last lines on stderr, or null when they do not tell. */
  fault?(lines: readonly string[]): string | null
}

/** Refuses when the language is not there. `files.note` writes text from the flow where a program can read it. */
export type ScriptLanguage = (code: ScriptCode, files: Files) => ScriptCommand | Promise<ScriptCommand>

type ScriptContext = TaskContext<ScriptConfig, InputsOf<typeof scriptInputs>>

/** Runs the script of a task in any language: inputs as files and JSON, outputs, limits, and what is told of a failure. */
export const runScript = async (
  context: ScriptContext,
  language: ScriptLanguage,
): Promise<OutputsOf<typeof scriptOutputs>> => {
  const { config, files, processes, signal, run, log } = context
  await files.clear()
  const command = await language(await codeOf(context), files)
  const { env, names } = await environmentOf(context)
  const outputs = await files.makeOutputs()
  const result = await processes.run({
    command: command.command,
    args: [...command.args, ...config.args.map(argumentOf)],
    cwd: files.scratch,
    env: {
      ...env,
      MILLRACE_OUTPUTS: outputs.path,
      MILLRACE_ATTEMPT: String(run.attempt),
      ...command.env,
      ...config.env,
      ...names,
    },
    secretEnv: Object.keys(names),
    limits: { disk: bytesOf(config.disk_limit), memory: bytesOf(config.memory_limit), folders: [outputs.path] },
  })
  if (result.excess?.of === 'disk') await files.clear()
  signal.throwIfAborted()
  if (result.excess || result.exitCode !== 0) throw scriptFailure(result, faultOf(command, result))
  const written = await outputs.files()
  for (const { name } of written.filter(({ renamed }) => renamed))
    log.warning(`The name of a file that the script wrote held a secret; the file is called “${name}” now.`)
  const path = outputFile(written, { wanted: config.output, taken: run.taken.includes('file') })
  const all = run.taken.includes('files')
    ? await Promise.all(written.map((one) => files.handle(one.path, { sha256: true })))
    : null
  const value = lastJson(result.lastLines.stdout)
  return {
    ...(path !== null && {
      file: all?.find((one) => one.path === path) ?? (await files.handle(path, { sha256: true })),
    }),
    ...(all !== null && { files: { kind: 'list' as const, handles: all } }),
    ...(value !== undefined && { value: { kind: 'value' as const, value } }),
  }
}

const codeOf = async (context: ScriptContext): Promise<ScriptCode> => {
  const { script, file, from } = context.config
  const { files } = context
  if (file === undefined) return { kind: 'text', text: script ?? '' }
  const path = from === undefined ? files.resolve(file) : await codeFromStorage(context, { from, file })
  return { kind: 'file', path: (await files.handle(path)).path }
}

/** `names` are the secrets. */
const environmentOf = async (context: ScriptContext) => {
  const { config, inputs, blocks, files } = context
  const tables: ScriptTable[] = []
  for (const table of inputs.tables) tables.push(await tableFile(context, table, tables.length))
  const names: Record<string, string> = {}
  for (const [name, reference] of Object.entries(config.secrets)) names[name] = await blocks.secret(reference)
  const { json, env } = describeInputs({ files: inputs.files, tables, values: inputs.values, args: config.args })
  return { names, env: { ...env, MILLRACE_INPUTS: await files.note('millrace-inputs.json', json) } }
}

const tableFile = async (
  { config, tables, files }: ScriptContext,
  table: TableHandle,
  index: number,
): Promise<ScriptTable> => {
  if (config.tables_as === 'parquet') {
    const { path, rows, columns } = await tables.materialise(table)
    return { path, rows, columns }
  }
  const path = `${files.scratch}/table-${index + 1}.csv`
  const options = { format: 'csv', compression: 'none', header: true, delimiter: ',' } as const
  const { rows } = await tables.copyTo(table, path, options)
  return { path, rows, columns: table.columns }
}

const argumentOf = (value: ScriptConfig['args'][number]): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

const faultOf = ({ fault }: ScriptCommand, { lastLines }: ProcessResult): string | null =>
  fault?.(lastLines.stderr) ?? null
