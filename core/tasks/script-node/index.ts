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
import { nodeFault } from './stack.ts'

export const scriptNode = defineTask({
  type: 'script.node',
  version: 1,
  title: 'Node script',
  summary: 'Runs JavaScript on the Node that Millrace brings along.',
  group: 'script',
  icon: 'file-code-2',
  aliases: ['javascript', 'js', 'nodejs', 'node.js', 'ecmascript', 'npm'],
  config: z
    .object({
      script: field
        .code({
          title: 'Script',
          help: `${scriptContract} An ES module: it may import and await. Expressions are not evaluated in code: hand values over by args or env.`,
          placeholder: "import { readFile } from 'node:fs/promises'",
          key: true,
          language: 'javascript',
        })
        .optional(),
      file: scriptFile(
        'Instead of a script: a path relative to the flow’s file. It finds packages in node_modules there.',
      ).refine((path) => path === undefined || /\.[cm]?js$/.test(path), 'A JavaScript file: .mjs, .js or .cjs'),
      ...scriptSettings,
    })
    .superRefine(checkCode),
  inputs: scriptInputs,
  outputs: scriptOutputs,
  examples: [
    { script: "console.log('hello')" },
    {
      script:
        "import { readFile } from 'node:fs/promises'\nconst { args } = JSON.parse(await readFile(process.env.MILLRACE_INPUTS, 'utf8'))\nconsole.log(JSON.stringify({ months: args[0].length }))",
      args: ['{{ months }}'],
    },
    { file: 'scripts/upload.mjs', secrets: { TOKEN: 'block:secret/api-token' }, memory_limit: '1 GB' },
  ],
  traits: { tables: 'reads' },
  fingerprint: scriptFingerprint,
  run: (context) =>
    runScript(context, async (code, files) => {
      const path = code.kind === 'file' ? code.path : await files.note('script.mjs', code.text)
      const { command, args } = context.processes.node
      return { command, args: [...args, path], fault: (lines) => nodeFault(lines, path) }
    }),
})
