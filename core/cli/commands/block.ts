import type { EngineClient } from '#core/api/client.ts'
import type { Block } from '#core/model/block.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { blockJson, stageLines } from './block-lines.ts'
import { readGiven, type BlockOptions } from './block-options.ts'

export const createBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: { type: string; name: string },
  options: BlockOptions,
): Promise<ExitCode> => {
  const type = (await client.blocks.types()).find((known) => known.type === block.type)
  const given = await readGiven(type, options)
  const created = await client.blocks.create({ ...block, ...given, allowShort: options.allowShort })
  return printBlock(terminal, created, options.json)
}

type EditOptions = BlockOptions & { readonly unset: readonly string[]; readonly clear: readonly string[] }

export const editBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  options: EditOptions,
): Promise<ExitCode> => {
  const before = await client.blocks.inspect({ block })
  const type = (await client.blocks.types()).find((known) => known.type === before.type)
  const { texts, secrets } = await readGiven(type, options)
  const cleared = Object.fromEntries(options.clear.map((field): [string, null] => [field, null]))
  const { unset, allowShort } = options
  const edited = await client.blocks.edit({
    block,
    texts,
    secrets: { ...cleared, ...secrets },
    unset: [...unset],
    allowShort,
  })
  return printBlock(terminal, edited, options.json)
}

export const renameBlock = async (
  client: EngineClient,
  terminal: Terminal,
  { block, name }: { readonly block: string; readonly name: string },
  json: boolean,
): Promise<ExitCode> => {
  const renamed = await client.blocks.rename({ block, name })
  const { flows, blocks } = renamed
  if (json) printJson(terminal, { block: blockJson(renamed.block, null), flows, blocks })
  else terminal.out(renamed.block.reference)
  for (const changed of [...flows.map((flow) => `The flow ${flow}`), ...blocks])
    terminal.err(`${changed} names it anew.`)
  terminal.err('Flow files outside of the library are left as they are: change the name there yourself.')
  return exitCodes.completed
}

export const duplicateBlock = async (
  client: EngineClient,
  terminal: Terminal,
  { block, name }: { readonly block: string; readonly name: string },
  json: boolean,
): Promise<ExitCode> => printBlock(terminal, await client.blocks.duplicate({ block, name }), json)

export const deleteBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  force: boolean,
): Promise<ExitCode> => {
  await client.blocks.delete({ block, force })
  terminal.err(`Block ${block} is deleted.`)
  return exitCodes.completed
}

type TestFlags = {
  readonly json: boolean
  readonly send: boolean
  readonly write: boolean
  readonly create: boolean
}

export const testBlock = async (
  client: EngineClient,
  terminal: Terminal,
  block: string,
  { json, send, write, create }: TestFlags,
): Promise<ExitCode> => {
  let ok = true
  for await (const stage of await client.blocks.test({ block, write, create })) {
    ok &&= stage.ok
    if (json) printJson(terminal, stage)
    else for (const line of stageLines(stage)) terminal.out(line)
    if (stage.offer) terminal.err(`${stage.offer.title}: add --create.`)
  }
  if (!ok) return exitCodes.failed
  if (send) {
    const sent = await client.blocks.sendTest({ block })
    if (json) printJson(terminal, sent)
    else terminal.out(`sent    A test message went to ${sent.location}. The answer: ${sent.answer}`)
  }
  return exitCodes.completed
}

const printBlock = (terminal: Terminal, block: Block, json: boolean): ExitCode => {
  if (json) printJson(terminal, blockJson(block, null))
  else terminal.out(block.reference)
  if (block.problem !== null) terminal.err(`It cannot be used yet: ${block.problem}`)
  return exitCodes.completed
}
