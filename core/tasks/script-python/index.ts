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
import { findPython } from './interpreter.ts'
import { pythonFault } from './traceback.ts'

/** The log is live, text is UTF-8 whatever the machine's language, and a byte that is none does not end the script. */
const environment = { PYTHONUNBUFFERED: '1', PYTHONUTF8: '1' }

export const scriptPython = defineTask({
  type: 'script.python',
  version: 1,
  title: 'Python script',
  summary: 'Runs Python code with an interpreter or virtual environment of this machine.',
  group: 'script',
  icon: 'file-code',
  aliases: ['python', 'pandas', 'PythonOperator', '@task', '@flow', 'polars', 'requests', 'jupyter', 'pip'],
  config: z
    .object({
      script: field
        .code({
          title: 'Script',
          help: `${scriptContract} Braces are Python’s: expressions are not evaluated in code. Hand values over by args or env.`,
          placeholder: 'import json, os\ninputs = json.load(open(os.environ["MILLRACE_INPUTS"]))',
          key: true,
          language: 'python',
        })
        .optional(),
      file: scriptFile('Instead of a script: a path relative to the flow’s file. It may import the modules beside it.'),
      python: field
        .text({
          title: 'Python',
          help: 'A program on the PATH or a path. Default: python3, else python.',
          placeholder: 'python3.12',
        })
        .min(1)
        .optional(),
      venv: field
        .path({
          title: 'Virtual environment',
          help: 'Its folder, relative to the flow’s file. Packages are not installed here: it has what was installed into it.',
          placeholder: '.venv',
        })
        .optional(),
      ...scriptSettings,
    })
    .superRefine(checkCode)
    .refine(({ python, venv }) => python === undefined || venv === undefined, {
      path: ['venv'],
      message: 'Give python or venv, not both: a virtual environment has its own Python',
    }),
  inputs: scriptInputs,
  outputs: scriptOutputs,
  examples: [
    { script: 'print("hello")' },
    {
      script:
        'import json, os, sys\ninputs = json.load(open(os.environ["MILLRACE_INPUTS"]))\nprint(len(inputs["files"]), "files for", sys.argv[1])',
      args: ['{{ color }}'],
    },
    {
      file: 'ingest.py',
      venv: '.venv',
      args: ['--table', 'trips'],
      secrets: { PGPASSWORD: 'block:secret/database' },
      tables_as: 'csv',
    },
  ],
  traits: { tables: 'reads' },
  fingerprint: scriptFingerprint,
  run: (context) =>
    runScript(context, async (code, files) => {
      const { command, env } = await findPython(context.config, files.resolve)
      const path = code.kind === 'file' ? code.path : await files.note('script.py', code.text)
      return {
        command,
        args: [path],
        env: { ...environment, ...env },
        fault: (lines) => pythonFault(lines, { script: path, python: command }),
      }
    }),
})
