import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Refused } from '#core/model/failure.ts'
import type { SecretsReport } from '#core/model/reports.ts'
import { inTurn } from '#core/model/in-turn.ts'
import { formatSecretName, type Secrets } from '#core/model/secrets.ts'
import {
  deriveKeys,
  fits,
  newKdf,
  parseVaultFile,
  seal,
  unseal,
  type VaultFile,
  type VaultKeys,
  type VaultValues,
} from './vault-file.ts'
import { vaultDamaged, vaultLocked, vaultUnreadable, vaultUnwritable, wrongPassphrase } from './vault-refusals.ts'
import { writeAtomically } from './write-atomically.ts'

/** A file that holds secrets under one passphrase. Made by the first secret that is set. */
export type Vault = Secrets & {
  /** Takes the passphrase; refuses it with `denied` when the vault was made with another. */
  unlock(passphrase: string): Promise<void>
  /** Puts everything under a new passphrase. The vault must be unlocked. */
  rotate(passphrase: string): Promise<void>
}

export type VaultOptions = {
  readonly path: string
  /** Null while it is locked. */
  readonly passphrase: string | null
  /** How dear each guess is; the default follows OWASP (N 2^16, r 8, p 2) at 64 MiB. */
  readonly work?: { readonly N: number; readonly p: number }
}

export const openVault = ({ path, passphrase, work = { N: 2 ** 16, p: 2 } }: VaultOptions): Vault => {
  const sealed = sealedFile(path, work)
  const turn = inTurn()
  let current = passphrase

  const change = (edit: (values: VaultValues) => VaultValues): Promise<void> =>
    turn(async () => {
      const { keys, values } = await sealed.open(current)
      const next = edit(values)
      if (next !== values) await sealed.save(keys, next)
    })

  const status = async (): Promise<SecretsReport> => {
    try {
      await sealed.open(current)
      return { backend: 'vault', state: 'ready', message: `Secrets are kept in the encrypted vault file ${path}.` }
    } catch (error) {
      return existsSync(path) ? reportOf(error) : { ...reportOf(error), isNew: true }
    }
  }
  return {
    get: async (name) => (await sealed.open(current)).values[formatSecretName(name)] ?? null,
    set: (name, value) => change((values) => ({ ...values, [formatSecretName(name)]: value })),
    delete: (name) =>
      change((values) => {
        const { [formatSecretName(name)]: gone, ...rest } = values
        return gone === undefined ? values : rest
      }),
    unlock: async (phrase) => {
      await sealed.open(phrase)
      current = phrase
    },
    rotate: (phrase) =>
      turn(async () => {
        if (!phrase) throw new Refused({ code: 'invalid', message: 'The new passphrase is empty.' })
        const { values } = await sealed.open(current)
        if (await readVault(path)) await sealed.save(await deriveKeys(phrase, newKdf(work)), values)
        current = phrase
      }),
    status,
    isOpen: async () => (await status()).state === 'ready',
    prepare: status,
  }
}

type Opened = { readonly keys: VaultKeys; readonly values: VaultValues }

const sealedFile = (path: string, work: { N: number; p: number }) => {
  const keysFor = rememberedKeys(work)
  return {
    open: async (phrase: string | null): Promise<Opened> => {
      if (!phrase) throw vaultLocked()
      const file = await readVault(path)
      const keys = await keysFor(phrase, file)
      if (!file) return { keys, values: {} }
      if (!fits(keys, file)) throw wrongPassphrase()
      const values = unseal(keys, file)
      if (!values) throw vaultDamaged(path)
      return { keys, values }
    },
    save: async (keys: VaultKeys, values: VaultValues): Promise<void> => {
      try {
        await writeAtomically(path, seal(keys, values))
      } catch (error) {
        throw vaultUnwritable(path, error)
      }
    },
  }
}

const reportOf = (error: unknown): SecretsReport => {
  if (!(error instanceof Refused)) throw error
  const { code, message } = error.failure
  const state = code === 'unavailable' ? 'locked' : code === 'denied' ? 'wrong-passphrase' : 'damaged'
  const remedies = state === 'damaged' ? undefined : (['unlock'] as const)
  return { backend: 'vault', state, message, ...(remedies && { remedies }) }
}

const readVault = async (path: string): Promise<VaultFile | null> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw vaultUnreadable(path, error)
  }
  const file = parseVaultFile(text)
  if (!file) throw vaultDamaged(path)
  return file
}

/** scrypt takes a good part of a second on purpose, so keys are made once for each passphrase and salt. */
const rememberedKeys = (work: { N: number; p: number }) => {
  let last: { phrase: string; salt: string; keys: Promise<VaultKeys> } | null = null
  return (phrase: string, file: VaultFile | null): Promise<VaultKeys> => {
    const known = last?.phrase === phrase && (file === null || file.kdf.salt === last.salt)
    if (last && known) return last.keys
    const kdf = file?.kdf ?? newKdf(work)
    last = { phrase, salt: kdf.salt, keys: deriveKeys(phrase, kdf) }
    return last.keys
  }
}
