import { Option } from 'commander'
import type { RunOptions } from '../commands/run.ts'
import { jsonOption, repeated, type Group, type JsonOption } from './group.ts'

type Options = JsonOption & {
  readonly param: string[]
  readonly tag: string[]
  readonly key?: string
  readonly only?: string
  readonly to?: string
  readonly from?: string
}

const selectionOf = ({ only, to, from }: Options): RunOptions['selection'] => {
  if (only !== undefined) return { mode: 'only', task: only }
  if (to !== undefined) return { mode: 'to', task: to }
  return from === undefined ? null : { mode: 'from', task: from }
}

export const addRun = ({ verb }: Group): void =>
  verb<Options>({
    usage: 'run <flow>',
    summary: 'run a flow: a file, or a name in the library',
    usesSecrets: true,
    options: (command) =>
      jsonOption(command)
        .addOption(repeated('-p, --param <name=value>', 'a parameter; name=@file.json reads JSON'))
        .addOption(repeated('-t, --tag <tag>', 'a tag for the run'))
        .addOption(
          new Option('--only <task>', 'run only this task, on the results of the last run').conflicts(['to', 'from']),
        )
        .addOption(new Option('--to <task>', 'run what this task needs, and it').conflicts('from'))
        .option('--from <task>', 'run this task and what comes after it, on the results of the last run')
        .option('--key <key>', 'two submissions of a flow with one key make one flow run'),
    action: async ({ client, terminal, args: [flow = ''], options }) => {
      const { runFlow } = await import('../commands/run.ts')
      return runFlow(client, terminal, flow, {
        parameters: options.param,
        json: options.json ?? false,
        tags: options.tag,
        submissionKey: options.key ?? null,
        selection: selectionOf(options),
      })
    },
  })
