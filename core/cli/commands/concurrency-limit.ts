import type { EngineClient } from '#core/api/client.ts'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import { exitCodes, formatTable, printJson, type ExitCode, type Terminal } from '../terminal.ts'

export const createLimit = async (
  client: EngineClient,
  terminal: Terminal,
  tag: string,
  text: string,
): Promise<ExitCode> => {
  if (!/^\d+$/.test(text)) {
    throw new Refused({
      code: 'invalid',
      message: `“${text}” is not a number of task runs. Give a whole number, such as 2.`,
    })
  }
  const { limit } = await client.limits.set({ tag, limit: Number(text) })
  terminal.out(`Limit of the tag “${tag}”: ${counted(limit, 'task run')} at once.`)
  return exitCodes.completed
}

export const listLimits = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const limits = await client.limits.list()
  if (json) for (const limit of limits) printJson(terminal, limit)
  else if (limits.length === 0) terminal.err('No concurrency limits. Make one: millrace concurrency-limit create TAG N')
  else {
    const rows = limits.map(({ tag, limit, holders, waiters }) => [
      tag,
      String(limit),
      String(holders.length),
      String(waiters.length),
    ])
    terminal.out(formatTable(['tag', 'limit', 'running', 'waiting'], rows))
  }
  return exitCodes.completed
}

export const inspectLimit = async (client: EngineClient, terminal: Terminal, tag: string): Promise<ExitCode> => {
  printJson(terminal, await client.limits.inspect({ tag }))
  return exitCodes.completed
}

export const deleteLimit = async (client: EngineClient, terminal: Terminal, tag: string): Promise<ExitCode> => {
  await client.limits.delete({ tag })
  terminal.err(`The limit of the tag “${tag}” is deleted.`)
  return exitCodes.completed
}
