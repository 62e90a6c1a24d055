import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { SecretsReport } from '#core/model/reports.ts'
import type { Engine } from '#renderer/rpc/engine.ts'

/** Where secrets are kept and whether they can be had now. */
export type VaultState = {
  readonly report: SecretsReport | null
  /** The person does without secrets for now. */
  readonly later: boolean
  /** A secret is to be stored: a vault that is not there yet gets its passphrase. */
  readonly wanted: boolean
  readonly failure: Failure | null
}

export const useVault = create<VaultState>(() => ({ report: null, later: false, wanted: false, failure: null }))

export const readVault = async (engine: Engine): Promise<void> =>
  useVault.setState({ report: await engine.client.system.secrets() })

/** Asked anew with each engine: one that was started again has a locked vault. */
export const startVault = (engine: Engine): void => {
  const follow = () => {
    if (engine.status().state === 'connected') void readVault(engine).catch(() => undefined)
  }
  engine.onStatus(follow)
  follow()
}

export const unlockVault = async (engine: Engine, passphrase: string): Promise<void> => {
  try {
    await engine.client.system.unlockSecrets({ passphrase })
    await readVault(engine)
    useVault.setState({ failure: null, wanted: false })
  } catch (error) {
    useVault.setState({ failure: failureOfCall(error) })
  }
}

export const unlockLater = (): void => useVault.setState({ later: true })
/** Where a secret is needed and cannot be had. */
export const askForPassphrase = (): void => useVault.setState({ later: false, wanted: true })

export const isVaultLocked = (): boolean => useVault.getState().report?.state === 'locked'
