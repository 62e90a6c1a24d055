import type { Command } from 'commander'
import type { BlockOptions } from '../commands/block-options.ts'
import { jsonOption, repeated, type Group, type JsonOption } from './group.ts'

type SettingOptions = JsonOption & { set: string[]; file: string[]; stdin?: string; allowShort?: boolean }
type EditOptions = SettingOptions & { unset: string[]; clear: string[] }

const settingOptions = (command: Command): Command =>
  jsonOption(command)
    .addOption(repeated('--set <field=value>', 'a setting that is not secret'))
    .addOption(repeated('--file <field=file>', 'a secret field, from a file'))
    .option('--stdin <field>', 'a secret field, from standard input')
    .option('--allow-short', 'take secrets under 6 characters, which cannot be masked well')

const editOptions = (command: Command): Command =>
  settingOptions(command)
    .addOption(repeated('--unset <field>', 'take a setting away'))
    .addOption(repeated('--clear <field>', 'take a secret away'))

const blockOptionsOf = (options: SettingOptions): BlockOptions => ({
  set: options.set,
  files: options.file,
  stdin: options.stdin ?? null,
  allowShort: options.allowShort ?? false,
  json: options.json ?? false,
})

export const addBlockType = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list the kinds of blocks',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/block-show.ts')).listBlockTypes(client, terminal, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'inspect <type>',
    summary: 'show what a kind of block is for, with its settings and secrets',
    options: jsonOption,
    action: async ({ client, terminal, args: [type = ''], options }) =>
      (await import('../commands/block-show.ts')).inspectBlockType(client, terminal, type, options.json ?? false),
  })
}

export const addBlock = (group: Group): void => {
  const { verb } = group
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list blocks',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/block-show.ts')).listBlocks(client, terminal, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'inspect <block>',
    summary: 'show a block, type/name, and what uses it; secrets as eight asterisks',
    options: jsonOption,
    action: async ({ client, terminal, args: [block = ''], options }) =>
      (await import('../commands/block-show.ts')).inspectBlock(client, terminal, block, options.json ?? false),
  })
  verb<SettingOptions>({
    usage: 'create <type> <name>',
    summary: 'make a block',
    usesSecrets: true,
    options: settingOptions,
    action: async ({ client, terminal, args: [type = '', name = ''], options }) =>
      (await import('../commands/block.ts')).createBlock(client, terminal, { type, name }, blockOptionsOf(options)),
  })
  verb<EditOptions>({
    usage: 'edit <block>',
    summary: 'change settings and secrets of a block',
    usesSecrets: true,
    options: editOptions,
    action: async ({ client, terminal, args: [block = ''], options }) => {
      const { unset, clear } = options
      const { editBlock } = await import('../commands/block.ts')
      return editBlock(client, terminal, block, { ...blockOptionsOf(options), unset, clear })
    },
  })
  addBlockChanges(group)
}

const addBlockChanges = (group: Group): void => {
  const { verb } = group
  verb<JsonOption>({
    usage: 'rename <block> <name>',
    summary: 'give a block another name, also in the flows and blocks that name it',
    options: jsonOption,
    action: async ({ client, terminal, args: [block = '', name = ''], options }) =>
      (await import('../commands/block.ts')).renameBlock(client, terminal, { block, name }, options.json ?? false),
  })
  verb<JsonOption>({
    usage: 'duplicate <block> <name>',
    summary: 'copy a block, with its secrets',
    usesSecrets: true,
    options: jsonOption,
    action: async ({ client, terminal, args: [block = '', name = ''], options }) =>
      (await import('../commands/block.ts')).duplicateBlock(client, terminal, { block, name }, options.json ?? false),
  })
  verb<JsonOption & { send?: boolean; write?: boolean; create?: boolean }>({
    usage: 'test <block>',
    summary: 'try whether a block works, stage by stage',
    usesSecrets: true,
    options: (command) =>
      jsonOption(command)
        .option('--write', 'also try to write, where the block can: something small that is taken away again')
        .option('--create', 'create the bucket or dataset where it is missing, then go on')
        .option('--send', 'then send a test message, where the block sends any'),
    action: async ({ client, terminal, args: [block = ''], options }) => {
      const { json = false, send = false, write = false, create = false } = options
      const { testBlock } = await import('../commands/block.ts')
      return testBlock(client, terminal, block, { json, send, write, create })
    },
  })
  verb<{ force?: boolean }>({
    usage: 'delete <block>',
    summary: 'delete a block and its secrets, unless something names it',
    usesSecrets: true,
    options: (command) => command.option('--force', 'also when flows or other blocks name it'),
    action: async ({ client, terminal, args: [block = ''], options }) =>
      (await import('../commands/block.ts')).deleteBlock(client, terminal, block, options.force ?? false),
  })
  addBlockTransfer(group)
}

const addBlockTransfer = ({ verb }: Group): void => {
  verb({
    usage: 'export [blocks...]',
    summary: 'print blocks, and those they name, as YAML without secrets',
    action: async ({ client, terminal, args }) =>
      (await import('../commands/block-transfer.ts')).exportBlocks(client, terminal, args),
  })
  verb<JsonOption>({
    usage: 'import <file>',
    summary: 'make blocks from exported YAML, and list what is still to be filled in',
    options: jsonOption,
    action: async ({ client, terminal, args: [file = ''], options }) =>
      (await import('../commands/block-transfer.ts')).importBlocks(client, terminal, file, options.json ?? false),
  })
}
