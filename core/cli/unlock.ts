import type { EngineClient } from '#core/api/client.ts'
import { readPassphrase } from './read-passphrase.ts'
import type { SecretsUse } from './verbs/group.ts'

/**
 * Before a command that may need secrets: asks for the vault's passphrase when it is locked and somebody sits at the
 * terminal. Without an answer it stays locked, and what needs no secret still works.
 */
export const unlockSecrets = async (
  client: EngineClient,
  use: SecretsUse,
  descriptor: number | null,
): Promise<void> => {
  const { wanted, locked, isNew } = await client.system.passphraseWanted()
  const isNeeded = { chosen: wanted, 'chosen-if-given': wanted, vault: locked, 'vault-if-any': locked && !isNew }[use]
  if (!isNeeded) return
  const { stdin, stderr } = process
  const isAsked = use !== 'chosen-if-given' && stdin.isTTY && stderr.isTTY
  const passphrase = await readPassphrase(
    { descriptor, environment: null, terminal: isAsked ? { input: stdin, output: stderr } : null },
    { prompt: isNew ? 'A passphrase for the new vault: ' : 'The passphrase of the vault: ', twice: isNew },
  )
  if (passphrase) await client.system.unlockSecrets({ passphrase })
}
