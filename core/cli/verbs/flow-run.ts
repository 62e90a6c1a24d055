import { Option } from 'commander'
import { logLevels, type LogLevel } from '#core/model/log-line.ts'
import { jsonOption, repeated, wholeNumber, type Group, type JsonOption } from './group.ts'

type ListOptions = JsonOption & { flow?: string; state: string[]; tag?: string; limit: number }
type LogOptions = JsonOption & { level?: LogLevel; search?: string; task?: string; tail?: number; follow?: boolean }

export const addFlowRun = (group: Group): void => {
  const { verb } = group
  verb<ListOptions>({
    usage: 'ls',
    summary: 'list flow runs, newest first',
    options: (command) =>
      jsonOption(command)
        .option('--flow <name>', 'of this flow')
        .addOption(repeated('--state <name>', 'in this state, for example Failed'))
        .option('--tag <tag>', 'with this tag')
        .option('--limit <n>', 'so many', wholeNumber, 20),
    action: async ({ client, terminal, options: { state, json, ...rest } }) =>
      (await import('../commands/flow-run.ts')).listFlowRuns(client, terminal, {
        ...rest,
        states: state,
        json: json ?? false,
      }),
  })
  verb<JsonOption>({
    usage: 'inspect <run>',
    summary: 'show a flow run and its task runs',
    options: jsonOption,
    action: async ({ client, terminal, args: [run = ''], options }) =>
      (await import('../commands/flow-run.ts')).inspectFlowRun(client, terminal, run, options.json ?? false),
  })
  verb<LogOptions>({
    usage: 'logs <run>',
    summary: 'print the log of a flow run',
    options: (command) =>
      jsonOption(command)
        .addOption(new Option('--level <level>', 'this level and above').choices(Object.keys(logLevels)))
        .option('--search <text>', 'lines with this text')
        .option('--task <task>', 'of this task run')
        .option('--tail <n>', 'the last n lines', wholeNumber)
        .option('-f, --follow', 'go on until the run has ended'),
    action: async ({ client, terminal, args: [run = ''], options: { json, tail, follow, ...rest } }) =>
      (await import('../commands/logs.ts')).printLogs(client, terminal, run, {
        ...rest,
        tail: tail ?? null,
        follow: follow ?? false,
        json: json ?? false,
      }),
  })
  addChanges(group)
  addLooks(group)
}

const addChanges = ({ verb }: Group): void => {
  const changes = {
    cancel: 'stop a flow run: what runs is ended, nothing more starts',
    pause: 'let running tasks finish and start nothing more',
    resume: 'go on with a paused run, or with one that failed, crashed or was cancelled',
  } as const
  for (const [change, summary] of Object.entries(changes)) {
    verb<JsonOption>({
      usage: `${change} <run>`,
      summary,
      options: jsonOption,
      ...(change === 'resume' && { usesSecrets: true }),
      action: async ({ client, terminal, args: [run = ''], options }) =>
        (await import('../commands/flow-run.ts')).changeFlowRun(client, terminal, run, {
          change: change as keyof typeof changes,
          json: options.json ?? false,
        }),
    })
  }
  verb({
    usage: 'delete <run>',
    summary: 'delete a flow run with its log and results',
    action: async ({ client, terminal, args: [run = ''] }) =>
      (await import('../commands/flow-run.ts')).deleteFlowRun(client, terminal, run),
  })
  verb({
    usage: 'explain <run> <task> <field>',
    summary: 'say what a field of a task (with.url, when) evaluates to, and from what',
    action: async ({ client, terminal, args: [run = '', task = '', field = ''] }) =>
      (await import('../commands/flow-run.ts')).explainField(client, terminal, { run, task, field }),
  })
  verb<JsonOption & { output?: string; limit: number }>({
    usage: 'preview <run> <task>',
    summary: 'show the first rows of a table that a task made',
    options: (command) =>
      jsonOption(command)
        .option('--output <name>', 'which output')
        .option('--limit <n>', 'so many rows', wholeNumber, 20),
    action: async ({ client, terminal, args: [run = '', task = ''], options: { json, ...rest } }) =>
      (await import('../commands/flow-run.ts')).previewOutput(client, terminal, run, {
        ...rest,
        task,
        json: json ?? false,
      }),
  })
}

const addLooks = ({ verb }: Group): void => {
  verb<JsonOption & { output?: string; drift?: boolean }>({
    usage: 'profile <run> <task>',
    summary: 'describe each column of a table that a task made: nulls, distinct values, extremes',
    options: (command) =>
      jsonOption(command)
        .option('--output <name>', 'which output')
        .option('--drift', 'what differs from the last good run of the flow before'),
    action: async ({ client, terminal, args: [run = '', task = ''], options: { json, drift, output } }) =>
      (await import('../commands/profile.ts')).profileOutput(client, terminal, run, {
        task,
        drift: drift ?? false,
        json: json ?? false,
        ...(output !== undefined && { output }),
      }),
  })
  verb<JsonOption>({
    usage: 'artifacts <run> [id]',
    summary: 'list what a flow run left for people to look at, or show one',
    options: jsonOption,
    action: async ({ client, terminal, args: [run = '', id], options: { json = false } }) => {
      const { listArtifacts, showArtifact } = await import('../commands/artifacts.ts')
      if (id === undefined) return listArtifacts(client, terminal, run, json)
      return showArtifact(client, terminal, run, { id, json })
    },
  })
}
