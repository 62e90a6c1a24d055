import type { EngineClient } from '#core/api/client.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from '../terminal.ts'

export const viewConfig = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  for (const entry of await client.system.config()) {
    if (json) printJson(terminal, entry)
    else terminal.out(`${entry.key}='${entry.value}' (from ${entry.source})`)
  }
  return exitCodes.completed
}

export const setConfig = async (
  client: EngineClient,
  terminal: Terminal,
  pairs: readonly string[],
): Promise<ExitCode> => {
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    if (equals < 1) {
      terminal.err(`“${pair}” is not a setting. Write key=value.`)
      return exitCodes.wrongUse
    }
    await client.system.setConfig({ key: pair.slice(0, equals), value: pair.slice(equals + 1) })
    terminal.err(`Set ${pair.slice(0, equals)}.`)
  }
  return exitCodes.completed
}

export const unsetConfig = async (
  client: EngineClient,
  terminal: Terminal,
  keys: readonly string[],
): Promise<ExitCode> => {
  for (const key of keys) {
    await client.system.unsetConfig({ key })
    terminal.err(`Unset ${key}.`)
  }
  return exitCodes.completed
}

export const secretsStatus = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const report = await client.system.secrets()
  if (json) printJson(terminal, report)
  else terminal.out(`${report.backend}: ${report.state}. ${report.message}`)
  return exitCodes.completed
}
