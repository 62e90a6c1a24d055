import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { parseBytes } from '#core/kinds/bytes.ts'
import type { FingerprintPlace } from '#core/kinds/task-type.ts'

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Letters, digits and underscores')

/** What holds for scripts of every language, for the help of their code. */
export const scriptContract = [
  'What it prints is the log. It runs in a folder of its own, which is emptied before each attempt.',
  'Inputs: $MILLRACE_INPUT_FILES and $MILLRACE_INPUT_TABLES hold the paths of files and tables, one a line; $MILLRACE_INPUTS is a JSON file with files, tables, values and args.',
  '$MILLRACE_ATTEMPT says how often it was started, from 1.',
  'Outputs: a file, or several, written into the folder $MILLRACE_OUTPUTS, and the last line of stdout when it is JSON.',
  'What it puts into $TMPDIR goes when it ends.',
  'An exit code other than 0 fails the task.',
].join(' ')

/** Which file holds the code, for all languages. */
export const scriptFile = (help: string) => field.path({ title: 'Script file', help }).optional()

/** Settings that scripts of every language have, after the code itself. */
export const scriptSettings = {
  from: field
    .block({
      title: 'From',
      help: 'A storage that the script file is in, such as a repository; with the files beside and below it. Default: the flow’s folder.',
      blocks: ['storage'],
    })
    .optional(),
  args: field
    .list(z.json(), {
      title: 'Arguments',
      help: 'The command line of the script, and args in $MILLRACE_INPUTS. Expressions keep their type there; a list or mapping becomes JSON on the command line.',
    })
    .default([]),
  env: field
    .map(z.string(), { title: 'Environment', help: 'Variables for the script. Not for secrets: these are shown.' })
    .refine(
      (env) => Object.keys(env).every((name) => variableName.safeParse(name).success),
      'Names hold letters, digits and underscores',
    )
    .default({}),
  secrets: field
    .secrets({
      title: 'Secrets',
      help: 'Variables filled from blocks, for example TOKEN: block:secret/token. Masked in the log.',
    })
    .default({}),
  output: field
    .text({
      title: 'Output file',
      help: 'Which file of $MILLRACE_OUTPUTS other tasks get as the file. Needed when the script writes several.',
    })
    .min(1)
    .optional(),
  tables_as: field
    .choice(['parquet', 'csv'], {
      title: 'Tables as',
      help: 'How tables are handed over. Parquet keeps all types; CSV (UTF-8, with a header) is for scripts that cannot read it.',
    })
    .default('parquet'),
  disk_limit: field
    .bytes({
      title: 'Disk limit',
      help: 'How much the script may write into its folder, $TMPDIR and $MILLRACE_OUTPUTS; beyond that it is stopped. It never fills the disk up.',
      placeholder: '10 GB',
    })
    .default('10 GB'),
  memory_limit: field
    .bytes({
      title: 'Memory limit',
      help: 'How much memory the script and all it starts may use together. Default: the limit of the home, task-memory-mb.',
      placeholder: '2 GB',
    })
    .optional(),
}

const configOf = z.object({ script: z.string().optional(), file: z.string().optional(), ...scriptSettings })
export type ScriptConfig = z.output<typeof configOf>

type Code = Pick<ScriptConfig, 'script' | 'file' | 'from'>

/** Added to the settings of each language: the code is given in one of two ways. */
export const checkCode = (config: Code, context: z.core.$RefinementCtx): void => {
  if (config.script === undefined && config.file === undefined)
    context.addIssue({ code: 'custom', path: ['script'], message: 'Write a script, or name a file', input: config })
  if (config.script !== undefined && config.file !== undefined)
    context.addIssue({ code: 'custom', path: ['file'], message: 'Give a script or a file, not both', input: config })
  if (config.from !== undefined && config.file === undefined)
    context.addIssue({ code: 'custom', path: ['from'], message: 'Name the file that is in it', input: config })
}

export const bytesOf = (size: string | number | undefined): number | null =>
  size === undefined ? null : parseBytes(size)

/** The text of a script file is part of what the cache knows a script by; one in a storage may have changed, so that it is never known again. */
export const scriptFingerprint = ({ file, from }: Code, place: FingerprintPlace): Promise<string | null> => {
  if (from !== undefined) return Promise.resolve(crypto.randomUUID())
  return file === undefined ? Promise.resolve(null) : place.contentHash(file)
}

export const scriptInputs = {
  files: { kind: 'file', title: 'Files', many: true, optional: true },
  tables: { kind: 'table', title: 'Tables', help: 'Handed over as files.', many: true, optional: true },
  values: { kind: 'value', title: 'Values', many: true, optional: true },
} as const

export const scriptOutputs = {
  file: { kind: 'file', title: 'File', help: 'What the script wrote into $MILLRACE_OUTPUTS.', optional: true },
  files: {
    kind: 'file',
    title: 'Files',
    help: 'All that the script wrote into $MILLRACE_OUTPUTS, in the order of their names.',
    many: true,
    optional: true,
  },
  value: { kind: 'value', title: 'Value', help: 'The last line of stdout, when it is JSON.', optional: true },
} as const
