import type { EngineClient } from '#core/api/client.ts'
import type { SecretsCheck } from '#core/model/reports.ts'
import { takePassphrase, newPassphraseVariable } from '#core/server/take-passphrase.ts'
import { readPassphrase } from '../read-passphrase.ts'
import { exitCodes, printJson, type ExitCode, type Terminal } from '../terminal.ts'

/** Tries whether secrets can be kept and read, which may open a prompt of the system. */
export const secretsStatus = async (client: EngineClient, terminal: Terminal, json: boolean): Promise<ExitCode> => {
  const report = await client.system.secrets({ try: true })
  const check = report.state === 'ready' ? await client.system.checkSecrets() : null
  if (json) printJson(terminal, { ...report, ...check })
  else {
    terminal.out(`${report.backend}: ${report.state}. ${report.message}`)
    if (check) sayCheck(terminal, check, report.backend)
  }
  return check === null || check.lost.length + check.unknown.length === 0 ? exitCodes.completed : exitCodes.failed
}

const sayCheck = (terminal: Terminal, { checked, lost, elsewhere, unknown }: SecretsCheck, place: string): void => {
  const missing = lost.length + elsewhere.length + unknown.length
  if (checked > 0) terminal.out(`${checked - missing} of ${checked} secrets of blocks are there.`)
  for (const reference of unknown)
    terminal.out(`Not here: ${reference}. It may be in the other place, which cannot be asked now.`)
  for (const reference of elsewhere)
    terminal.out(`Kept in the other place: ${reference}. Take it along: millrace secrets move ${place}`)
  for (const reference of lost) terminal.out(`Lost: ${reference}. ${remedy(reference)}`)
}

const remedy = (reference: string): string => {
  const [block = '', field = ''] = reference.split('#')
  return `Set it again: … | millrace block edit ${block} --stdin ${field}`
}

export const moveSecrets = async (
  client: EngineClient,
  terminal: Terminal,
  { place, json }: { readonly place: string; readonly json: boolean },
): Promise<ExitCode> => {
  if (place !== 'vault' && place !== 'keychain') {
    terminal.err(`Secrets cannot be moved to “${place}”. Name vault or keychain.`)
    return exitCodes.wrongUse
  }
  const result = await client.system.moveSecrets({ to: place })
  if (json) printJson(terminal, result)
  else {
    terminal.out(`Secrets are kept in the ${place} from now on; moved: ${result.moved}.`)
    if (result.left > 0)
      terminal.err(
        `${result.left} could not be deleted from the former place yet. When it can be used, run again: millrace secrets move ${place}`,
      )
    for (const reference of result.lost) terminal.err(`Neither place has ${reference}. ${remedy(reference)}`)
  }
  return result.lost.length === 0 ? exitCodes.completed : exitCodes.failed
}

export const rotateVault = async (
  client: EngineClient,
  terminal: Terminal,
  descriptor: number | null,
): Promise<ExitCode> => {
  const environment = takePassphrase(process.env, newPassphraseVariable)
  const { locked, isNew } = await client.system.passphraseWanted()
  if (isNew) {
    terminal.err('There is no vault yet. The first secret that is set makes it: millrace config set secrets=vault')
    return exitCodes.notFound
  }
  if (locked) {
    terminal.err(
      'The vault is locked. Give its present passphrase first: in a terminal, by --passphrase-fd, or MILLRACE_VAULT_PASSPHRASE.',
    )
    return exitCodes.failed
  }
  const { stdin, stderr } = process
  const next = await readPassphrase(
    { descriptor, environment, terminal: stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : null },
    { prompt: 'The new passphrase of the vault: ', twice: true },
  )
  if (!next) {
    terminal.err(`No new passphrase was given: in a terminal, by --new-passphrase-fd, or ${newPassphraseVariable}.`)
    return exitCodes.wrongUse
  }
  await client.system.rotateVault({ next })
  terminal.err('The vault has a new passphrase; the former one no longer opens it.')
  return exitCodes.completed
}
