import { jsonOption, type Group, type JsonOption } from './group.ts'

export const addFlow = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list the flows of the library',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/flow.ts')).listFlows(client, terminal, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'validate <flow>',
    summary: 'check a flow and print every problem',
    options: jsonOption,
    action: async ({ client, terminal, args: [flow = ''], options }) =>
      (await import('../commands/flow.ts')).validateFlow(client, terminal, flow, options.json ?? false),
  })
  verb({
    usage: 'inspect <flow>',
    summary: 'print a flow as JSON, with its last runs, how often it failed and how long it takes',
    action: async ({ client, terminal, args: [flow = ''] }) =>
      (await import('../commands/flow.ts')).inspectFlow(client, terminal, flow),
  })
  verb<{ withSubflows?: boolean; output?: string }>({
    usage: 'export <flow>',
    summary: 'print the YAML of a flow',
    options: (command) =>
      command
        .option('--with-subflows', 'every flow it runs too, as a stream of documents')
        .option('-o, --output <file>', 'write to a file'),
    action: async ({ client, terminal, args: [flow = ''], options }) =>
      (await import('../commands/flow.ts')).exportFlow(client, terminal, flow, {
        withSubflows: options.withSubflows ?? false,
        output: options.output ?? null,
      }),
  })
  verb<{ overwrite?: boolean }>({
    usage: 'import <file>',
    summary: 'put a flow file into the library',
    options: (command) => command.option('--overwrite', 'replace flows of the same name'),
    action: async ({ client, terminal, args: [file = ''], options }) =>
      (await import('../commands/flow.ts')).importFlow(client, terminal, file, {
        overwrite: options.overwrite ?? false,
      }),
  })
  verb({
    usage: 'delete <name>',
    summary: 'delete a flow from the library',
    action: async ({ client, terminal, args: [name = ''] }) =>
      (await import('../commands/flow.ts')).deleteFlow(client, terminal, name),
  })
}
