import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import path from 'node:path'
import type { EngineClient } from '#core/api/client.ts'
import type { Block } from '#core/model/block.ts'
import { formatDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import { exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { readText } from './flow.ts'

export type BlockOptions = {
  readonly set: readonly string[]
  /** A secret field whose value comes from standard input. */
  readonly stdin: string | null
  /** `field=file`: secret fields whose values come from files. */
  readonly files: readonly string[]
  readonly allowShort: boolean
}

export const listBlockTypes = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const types = await client.blocks.types()
  if (json) for (const type of types) printJson(terminal, type)
  else
    terminal.out(
      formatTable(
        ['type', 'title', 'for'],
        types.map((type) => [type.type, type.title, type.capabilities.join(', ')]),
      ),
    )
  return exitCodes.completed
}

export const inspectBlockType = async (client: EngineClient, terminal: Terminal, name: string): Promise<ExitCode> => {
  const types = await client.blocks.types()
  const found = types.find((type) => type.type === name)
  if (!found) {
    throw new Refused({
      code: 'not-found',
      message: `There is no block type “${name}”. There are: ${types.map(({ type }) => type).join(', ')}.`,
    })
  }
  printJson(terminal, found)
  return exitCodes.completed
}

export const listBlocks = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const blocks = await client.blocks.list()
  if (json) for (const block of blocks) printJson(terminal, block)
  else
    terminal.out(
      formatTable(
        ['block', 'settings'],
        blocks.map((block) => [block.reference, JSON.stringify(block.settings)]),
      ),
    )
  return exitCodes.completed
}

export const inspectBlock = async (client: EngineClient, terminal: Terminal, block: string): Promise<ExitCode> => {
  printJson(terminal, await client.blocks.inspect({ block }))
  return exitCodes.completed
}

export const createBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: { type: string; name: string },
  options: BlockOptions,
): Promise<ExitCode> => {
  const texts = await readSettings(client, block.type, options)
  const secrets = await readSecrets(options)
  const created = await client.blocks.create({ ...block, texts, secrets, allowShort: options.allowShort })
  return printBlock(terminal, created)
}

export const editBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  options: BlockOptions,
): Promise<ExitCode> => {
  const { type } = await client.blocks.inspect({ block })
  const texts = await readSettings(client, type, options)
  const secrets = await readSecrets(options)
  return printBlock(terminal, await client.blocks.edit({ block, texts, secrets, allowShort: options.allowShort }))
}

export const renameBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  name: string,
): Promise<ExitCode> => printBlock(terminal, await client.blocks.rename({ block, name }))

export const duplicateBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  name: string,
): Promise<ExitCode> => printBlock(terminal, await client.blocks.duplicate({ block, name }))

export const deleteBlock = async (client: EngineClient, terminal: Terminal, block: string): Promise<ExitCode> => {
  await client.blocks.delete({ block })
  terminal.err(`Block ${block} is deleted.`)
  return exitCodes.completed
}

export const testBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  json: boolean,
): Promise<ExitCode> => {
  let ok = true
  for await (const stage of await client.blocks.test({ block })) {
    ok &&= stage.ok
    if (json) printJson(terminal, stage)
    else
      terminal.out(
        `${stage.ok ? 'ok    ' : 'failed'}  ${stage.stage}  ${formatDuration(stage.duration)}  ${stage.message}`,
      )
    if (!json && stage.remedy !== undefined) terminal.out(`        ${stage.remedy}`)
  }
  return ok ? exitCodes.completed : exitCodes.failed
}

export const exportBlocks = async (
  client: EngineClient,
  terminal: Terminal,
  blocks: readonly string[],
): Promise<ExitCode> => {
  const { text } = await client.blocks.export({ blocks: [...blocks] })
  terminal.write(text)
  return exitCodes.completed
}

export const importBlocks = async (client: EngineClient, terminal: Terminal, file: string): Promise<ExitCode> => {
  const { blocks, missing } = await client.blocks.import({ text: await readText(file) })
  for (const block of blocks) terminal.out(block.reference)
  for (const { reference, field } of missing) {
    terminal.err(`Still to be set: ${field} of ${reference}. millrace block edit ${reference} --stdin ${field}`)
  }
  return exitCodes.completed
}

const printBlock = (terminal: Terminal, block: Block): ExitCode => {
  terminal.out(block.reference)
  return exitCodes.completed
}

/** `--set` never takes a secret: arguments show in process lists and shell histories. */
const readSettings = async (
  client: EngineClient,
  type: string,
  options: BlockOptions,
): Promise<Record<string, string>> => {
  const secrets = (await client.blocks.types()).find((known) => known.type === type)?.secrets ?? {}
  const texts: Record<string, string> = {}
  for (const pair of options.set) {
    const [field, value] = splitPair(pair, '--set')
    if (field in secrets) {
      throw new Refused({
        code: 'invalid',
        message: `“${field}” is secret and never an argument. Pipe it: … | millrace block create ${type} NAME --stdin ${field}`,
      })
    }
    texts[field] = value
  }
  return texts
}

const readSecrets = async (options: BlockOptions): Promise<Record<string, string>> => {
  const secrets: Record<string, string> = {}
  for (const pair of options.files) {
    const [field, file] = splitPair(pair, '--file')
    secrets[field] = await readFile(path.resolve(process.cwd(), file), 'utf8').catch((cause: unknown) => {
      throw new Refused({ code: 'not-found', message: `The file ${file} for “${field}” cannot be read.` }, { cause })
    })
  }
  if (options.stdin !== null) {
    const value = await readAll(process.stdin)
    // `echo` and most editors end a line that is no part of the secret.
    secrets[options.stdin] = value.replace(/\r?\n$/, '')
  }
  return secrets
}

const splitPair = (pair: string, option: string): [string, string] => {
  const equals = pair.indexOf('=')
  if (equals < 1)
    throw new Refused({ code: 'invalid', message: `“${pair}” is not a setting. Write ${option} field=value.` })
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}
