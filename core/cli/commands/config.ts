import type { EngineClient } from '#core/api/client.ts'
import { counted } from '#core/model/counted.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from '../terminal.ts'

export const viewConfig = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  for (const entry of await client.system.config()) {
    if (json) printJson(terminal, entry)
    else terminal.out(`${entry.key}='${entry.value}' (from ${entry.source})`)
  }
  return exitCodes.completed
}

/** What is kept in the former place does not come along by itself. */
const sayWhereSecretsAre = async (client: EngineClient, terminal: Terminal): Promise<void> => {
  const { backend, state, message } = await client.system.secrets({})
  if (state !== 'ready' && backend !== 'none') terminal.err(message)
  const { elsewhere } = await client.system.checkSecrets().catch(() => ({ elsewhere: [] }))
  if (elsewhere.length > 0)
    terminal.err(
      `${counted(elsewhere.length, 'secret is', 'secrets are')} still where they were. Take them along: millrace secrets move ${backend}`,
    )
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
    if (pair.slice(0, equals) === 'secrets') await sayWhereSecretsAre(client, terminal)
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
