import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { scriptFailure } from './script-failure.ts'
import { inputEnvironment } from './script-inputs.ts'
import { emptyFolder, lastJson, makeOutputFolder, outputFile } from './script-outputs.ts'
import { shellCommand } from './shell.ts'

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Letters, digits and underscores')

const contract = [
  'What it prints is the log. It runs in a folder of its own, which is emptied before each attempt.',
  'Inputs: $MILLRACE_INPUT_FILES and $MILLRACE_INPUT_TABLES hold the paths of files and tables (Parquet), one a line; $MILLRACE_INPUTS is a JSON file that describes all inputs.',
  '$MILLRACE_ATTEMPT says how often it was started, from 1.',
  'Outputs: a file written into the folder $MILLRACE_OUTPUTS, and the last line of stdout when it is JSON.',
  'It stops at the first command that fails; an exit code other than 0 fails the task.',
].join(' ')

export const scriptShell = defineTask({
  type: 'script.shell',
  version: 1,
  title: 'Shell script',
  summary: 'Runs a shell script, with inputs and outputs as files.',
  group: 'script',
  icon: 'terminal',
  aliases: ['bash', 'sh', 'shell_run_command', 'ShellOperation', 'BashOperator', 'subprocess', 'os.system', 'cmd'],
  config: z.object({
    script: field.shell({
      title: 'Script',
      help: contract,
      placeholder: 'gzip -dc "$MILLRACE_INPUT_FILES" | wc -l',
      key: true,
    }),
    shell: field
      .text({ title: 'Shell', help: 'Default: /bin/sh, on Windows cmd.exe.', placeholder: 'bash' })
      .min(1)
      .optional(),
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
        help: 'Which file of $MILLRACE_OUTPUTS other tasks get. Needed when the script writes several.',
      })
      .min(1)
      .optional(),
  }),
  inputs: {
    files: { kind: 'file', title: 'Files', many: true, optional: true },
    tables: { kind: 'table', title: 'Tables', help: 'Handed over as Parquet files.', many: true, optional: true },
    values: { kind: 'value', title: 'Values', many: true, optional: true },
  },
  outputs: {
    file: { kind: 'file', title: 'File', help: 'What the script wrote into $MILLRACE_OUTPUTS.', optional: true },
    value: { kind: 'value', title: 'Value', help: 'The last line of stdout, when it is JSON.', optional: true },
  },
  examples: [
    { script: 'wc -l < "$MILLRACE_INPUT_FILES"' },
    {
      script:
        'curl -fsS -H "Authorization: Bearer $TOKEN" https://example.org/export.csv > "$MILLRACE_OUTPUTS/export.csv"',
      secrets: { TOKEN: 'block:secret/export-token' },
    },
    { script: 'for f in data/*; do echo "$f"; done', shell: 'bash', env: { LC_ALL: 'C' } },
  ],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, files, tables, blocks, processes, signal, run }) => {
    for (const folder of [files.scratch, files.results]) emptyFolder(folder)
    const parquet = await Promise.all(inputs.tables.map((table) => tables.materialise(table)))
    const secrets: Record<string, string> = {}
    for (const [name, reference] of Object.entries(config.secrets)) secrets[name] = await blocks.secret(reference)
    const given = { files: inputs.files, tables: parquet, values: inputs.values }
    const folder = makeOutputFolder(files.results)
    const result = await processes.run({
      ...shellCommand(config.script, config.shell, files.scratch),
      cwd: files.scratch,
      env: {
        ...inputEnvironment(given, files.scratch),
        MILLRACE_OUTPUTS: folder,
        MILLRACE_ATTEMPT: String(run.attempt),
        ...config.env,
        ...secrets,
      },
      secretEnv: Object.keys(secrets),
    })
    signal.throwIfAborted()
    if (result.exitCode !== 0) throw scriptFailure(result)
    const path = outputFile(folder, { wanted: config.output, taken: run.taken.includes('file') })
    const value = lastJson(result.lastLines.stdout)
    return {
      ...(path !== null && { file: await files.handle(path, { sha256: true }) }),
      ...(value !== undefined && { value: { kind: 'value' as const, value } }),
    }
  },
})
