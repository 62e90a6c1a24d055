import { onTestFinished } from 'vitest'
import { keychainEntry } from '#core/places.ts'
import { openKeychain, type Keychain, type KeychainOptions } from '#core/world/keychain/keychain.ts'
import { keychainEnvironment } from '#core/world/keychain/keychain-environment.ts'
import { keychainProcess, type KeychainProcess } from '#core/world/keychain/keychain-process.ts'
import type { FromKeychain, ToKeychain } from '#core/world/keychain/messages.ts'
import { forkNode } from '#core/world/workers/forked-process.ts'
import { openKeyring, type Keyring, type KeyringOptions } from '#test/fixtures/keyring.ts'

/** A process that talks to the keyring of this session, until the test ends. */
export const realProcess = (env: Readonly<Record<string, string>>, home: string): KeychainProcess => {
  const fork = forkNode<ToKeychain, FromKeychain>({ entry: keychainEntry })
  const process = keychainProcess(fork, keychainEnvironment(env, home))
  onTestFinished(() => process.close())
  return process
}

export const realKeychain = (
  env: Readonly<Record<string, string>>,
  options: Omit<KeychainOptions, 'keychain'>,
): Keychain => openKeychain({ keychain: realProcess(env, options.home), ...options })

/** A session with a keyring for one test. */
export const session = async (options: KeyringOptions = {}): Promise<Keyring> => {
  const keyring = await openKeyring(options)
  onTestFinished(() => keyring.close())
  return keyring
}
