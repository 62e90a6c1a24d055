import { existsSync } from 'node:fs'
import path from 'node:path'
import type { EngineClient } from '#core/api/client.ts'
import { readPassphrase } from './read-passphrase.ts'

/**
 * Before a command that may need secrets: asks for the vault's passphrase when it is locked and somebody sits at the
 * terminal. Without an answer it stays locked, and what needs no secret still works.
 */
export const unlockSecrets = async (client: EngineClient, home: string, descriptor: number | null): Promise<void> => {
  const { state } = await client.system.secrets()
  if (state !== 'locked') return
  const { stdin, stderr } = process
  const isNew = !existsSync(path.join(home, 'secrets.vault'))
  const passphrase = await readPassphrase(
    { descriptor, environment: null, terminal: stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : null },
    { prompt: isNew ? 'A passphrase for the new vault: ' : 'The passphrase of the vault: ', twice: isNew },
  )
  if (passphrase) await client.system.unlockSecrets({ passphrase })
}
