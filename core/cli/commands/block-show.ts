import type { EngineClient } from '#core/api/client.ts'
import type { BlockUses } from '#core/model/block.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import { exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { blockJson, blockLines, countOfUses, healthOf, typeLines } from './block-lines.ts'

export const listBlockTypes = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const types = await client.blocks.types()
  if (json) for (const type of types) printJson(terminal, type)
  else {
    const rows = types.map((type) => [type.type, type.title, type.capabilities.join(', '), type.summary])
    terminal.out(formatTable(['type', 'title', 'for', 'summary'], rows))
  }
  return exitCodes.completed
}

export const inspectBlockType = async (
  client: EngineClient,
  terminal: Terminal,
  name: string,
  json: boolean,
): Promise<ExitCode> => {
  const types = await client.blocks.types()
  const found = types.find((type) => type.type === name)
  if (!found) {
    const known = types.map(({ type }) => type)
    const message = `There is no block type “${name}”. ${didYouMean(name, known)}`
    throw new Refused({ code: 'not-found', message })
  }
  if (json) printJson(terminal, found)
  else for (const line of typeLines(found)) terminal.out(line)
  return exitCodes.completed
}

const unused: BlockUses = { flows: [], blocks: [], runs: [] }

export const listBlocks = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const [blocks, uses] = await Promise.all([client.blocks.list(), client.blocks.allUses()])
  const usesOf = (reference: string): BlockUses => uses[reference] ?? unused
  if (json) for (const block of blocks) printJson(terminal, blockJson(block, usesOf(block.reference)))
  else if (blocks.length === 0) terminal.err('There are no blocks. Make one: millrace block create TYPE NAME')
  else {
    const rows = blocks.map((block) => [
      block.reference,
      healthOf(block),
      countOfUses(usesOf(block.reference)),
      block.problem ?? JSON.stringify(block.settings),
    ])
    terminal.out(formatTable(['block', 'health', 'used by', 'settings'], rows))
  }
  return exitCodes.completed
}

export const inspectBlock = async (
  client: EngineClient,
  terminal: Terminal,
  name: string,
  json: boolean,
): Promise<ExitCode> => {
  const block = await client.blocks.inspect({ block: name })
  const [uses, types] = await Promise.all([client.blocks.uses({ block: name }), client.blocks.types()])
  const type = types.find((each) => each.type === block.type)
  if (json) printJson(terminal, blockJson(block, uses))
  else for (const line of blockLines(block, uses, type)) terminal.out(line)
  return exitCodes.completed
}
