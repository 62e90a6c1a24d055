import type { Command } from 'commander'
import type { BlockOptions } from '../commands/block.ts'
import { jsonOption, repeated, type Group, type JsonOption } from './group.ts'

type SettingOptions = { set: string[]; file: string[]; stdin?: string; allowShort?: boolean }

const settingOptions = (command: Command): Command =>
  command
    .addOption(repeated('--set <field=value>', 'a setting that is not secret'))
    .addOption(repeated('--file <field=file>', 'a secret field, from a file'))
    .option('--stdin <field>', 'a secret field, from standard input')
    .option('--allow-short', 'take secrets under 6 characters, which cannot be masked well')

const blockOptionsOf = (options: SettingOptions): BlockOptions => ({
  set: options.set,
  files: options.file,
  stdin: options.stdin ?? null,
  allowShort: options.allowShort ?? false,
})

export const addBlockType = ({ verb }: Group): void => {
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list the kinds of blocks',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/block.ts')).listBlockTypes(client, terminal, options.json ?? false),
  })
  verb({
    usage: 'inspect <type>',
    summary: 'show the settings of a kind of block',
    action: async ({ client, terminal, args: [type = ''] }) =>
      (await import('../commands/block.ts')).inspectBlockType(client, terminal, type),
  })
}

export const addBlock = (group: Group): void => {
  const { verb } = group
  verb<JsonOption>({
    usage: 'ls',
    summary: 'list blocks',
    options: jsonOption,
    action: async ({ client, terminal, options }) =>
      (await import('../commands/block.ts')).listBlocks(client, terminal, options.json ?? false),
  })
  verb({
    usage: 'inspect <block>',
    summary: 'show a block, type/name; secrets as eight asterisks',
    action: async ({ client, terminal, args: [block = ''] }) =>
      (await import('../commands/block.ts')).inspectBlock(client, terminal, block),
  })
  verb<SettingOptions>({
    usage: 'create <type> <name>',
    summary: 'make a block',
    usesSecrets: true,
    options: settingOptions,
    action: async ({ client, terminal, args: [type = '', name = ''], options }) =>
      (await import('../commands/block.ts')).createBlock(client, terminal, { type, name }, blockOptionsOf(options)),
  })
  verb<SettingOptions>({
    usage: 'edit <block>',
    summary: 'change settings of a block',
    usesSecrets: true,
    options: settingOptions,
    action: async ({ client, terminal, args: [block = ''], options }) =>
      (await import('../commands/block.ts')).editBlock(client, terminal, block, blockOptionsOf(options)),
  })
  addBlockChanges(group)
}

const addBlockChanges = ({ verb }: Group): void => {
  verb({
    usage: 'rename <block> <name>',
    summary: 'give a block another name',
    usesSecrets: true,
    action: async ({ client, terminal, args: [block = '', name = ''] }) =>
      (await import('../commands/block.ts')).renameBlock(client, terminal, block, name),
  })
  verb({
    usage: 'duplicate <block> <name>',
    summary: 'copy a block, with its secrets',
    usesSecrets: true,
    action: async ({ client, terminal, args: [block = '', name = ''] }) =>
      (await import('../commands/block.ts')).duplicateBlock(client, terminal, block, name),
  })
  verb<JsonOption>({
    usage: 'test <block>',
    summary: 'try whether a block works, stage by stage',
    usesSecrets: true,
    options: jsonOption,
    action: async ({ client, terminal, args: [block = ''], options }) =>
      (await import('../commands/block.ts')).testBlock(client, terminal, block, options.json ?? false),
  })
  verb({
    usage: 'delete <block>',
    summary: 'delete a block and its secrets',
    usesSecrets: true,
    action: async ({ client, terminal, args: [block = ''] }) =>
      (await import('../commands/block.ts')).deleteBlock(client, terminal, block),
  })
  verb({
    usage: 'export [blocks...]',
    summary: 'print blocks as YAML, without secrets',
    action: async ({ client, terminal, args }) =>
      (await import('../commands/block.ts')).exportBlocks(client, terminal, args),
  })
  verb({
    usage: 'import <file>',
    summary: 'make blocks from exported YAML',
    action: async ({ client, terminal, args: [file = ''] }) =>
      (await import('../commands/block.ts')).importBlocks(client, terminal, file),
  })
}
