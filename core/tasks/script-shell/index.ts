import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { runScript } from '#core/kinds/scripts/run-script.ts'
import {
  checkCode,
  scriptContract,
  scriptFile,
  scriptFingerprint,
  scriptInputs,
  scriptOutputs,
  scriptSettings,
} from '#core/kinds/scripts/script-settings.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import { shellCommand } from './shell.ts'

export const scriptShell = defineTask({
  type: 'script.shell',
  version: 1,
  title: 'Shell script',
  summary: 'Runs a shell script, with inputs and outputs as files.',
  group: 'script',
  icon: 'terminal',
  aliases: ['bash', 'sh', 'shell_run_command', 'ShellOperation', 'BashOperator', 'subprocess', 'os.system', 'cmd'],
  config: z
    .object({
      script: field
        .shell({
          title: 'Script',
          help: `${scriptContract} It stops at the first command that fails. An expression becomes one quoted word.`,
          placeholder: 'gzip -dc "$MILLRACE_INPUT_FILES" | wc -l',
          key: true,
        })
        .optional(),
      file: scriptFile('Instead of a script: a path relative to the flow’s file. Expressions in it are not evaluated.'),
      shell: field
        .text({ title: 'Shell', help: 'Default: /bin/sh, on Windows cmd.exe.', placeholder: 'bash' })
        .min(1)
        .optional(),
      ...scriptSettings,
    })
    .superRefine(checkCode),
  inputs: scriptInputs,
  outputs: scriptOutputs,
  examples: [
    { script: 'wc -l < "$MILLRACE_INPUT_FILES"' },
    {
      script:
        'curl -fsS -H "Authorization: Bearer $TOKEN" https://example.org/export.csv > "$MILLRACE_OUTPUTS/export.csv"',
      secrets: { TOKEN: 'block:secret/export-token' },
    },
    { script: 'for f in data/*; do echo "$f"; done', shell: 'bash', env: { LC_ALL: 'C' } },
    { file: 'scripts/export.sh', args: ['green', 11], disk_limit: '2 GB' },
  ],
  traits: { tables: 'reads' },
  fingerprint: scriptFingerprint,
  run: (context) => runScript(context, (code, files) => shellCommand(code, context.config.shell, files)),
})
