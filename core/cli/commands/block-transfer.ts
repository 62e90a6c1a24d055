import type { EngineClient } from '#core/api/client.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from '../terminal.ts'
import { blockJson } from './block-lines.ts'
import { readText } from './flow.ts'

export const exportBlocks = async (
  client: EngineClient,
  terminal: Terminal,
  blocks: readonly string[],
): Promise<ExitCode> => {
  const { text } = await client.blocks.export({ blocks: [...blocks] })
  terminal.write(text)
  return exitCodes.completed
}

/** What is still to be done before they can be used, as commands to type. */
export const importBlocks = async (
  client: EngineClient,
  terminal: Terminal,
  file: string,
  json: boolean,
): Promise<ExitCode> => {
  const { blocks, missing, missingBlocks } = await client.blocks.import({ text: await readText(file) })
  if (json) {
    const imported = blocks.map((block) => blockJson(block, null))
    printJson(terminal, { blocks: imported, missing, missing_blocks: missingBlocks })
    return exitCodes.completed
  }
  for (const block of blocks) terminal.out(block.reference)
  for (const { reference, field } of missing) {
    terminal.err(`Still to be set: ${field} of ${reference}. millrace block edit ${word(reference)} --stdin ${field}`)
  }
  for (const { reference, field, names } of missingBlocks) {
    terminal.err(`Still to be made: ${names}, which ${field} of ${reference} names. ${makeCommand(names)}`)
  }
  return exitCodes.completed
}

const word = (text: string): string => (/\s/.test(text) ? `"${text}"` : text)

const makeCommand = (reference: string): string => {
  const [type = '', name = ''] = reference.replace(/^block:/, '').split('/')
  return `millrace block create ${type} ${word(name)}`
}
