import { jsonOption, type Group, type JsonOption } from './group.ts'

export const addDataset = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list what flows have written: where, rows, by which run',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/dataset.ts')).listDatasets(client, terminal, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'inspect <location>',
    summary: 'show a dataset: columns, rows, what it was made from',
    options: jsonOption,
    action: async ({ client, terminal, args: [location = ''], options }) =>
      (await import('../commands/dataset.ts')).inspectDataset(client, terminal, location, options.json ?? false),
  })
}
