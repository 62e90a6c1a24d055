import type { SecretsReport } from './reports.ts'

/**
 * Where secret values are kept: the OS keychain, the passphrase vault, and a twin in memory for tests. Nothing else in
 * a home holds a secret value. Every call but `status`, `isOpen` and `prepare` throws Refused when the place cannot be used.
 */
export type Secrets = {
  /** The value, or null when there is none under this name. */
  get(name: SecretName): Promise<string | null>
  set(name: SecretName, value: string): Promise<void>
  /** Deleting what is not there is no error. */
  delete(name: SecretName): Promise<void>
  /** Never opens a prompt of the system, and never waits for a person. */
  status(): Promise<SecretsReport>
  /** Whether values can be read now, and surely without a prompt of the system. */
  isOpen(): Promise<boolean>
  /** The status after it was tried whether a value can be kept; may open a prompt of the system. */
  prepare(): Promise<SecretsReport>
}

/**
 * Names one value. Ids, not the block's name, so that a rename keeps it and two homes never collide. A field that is set
 * again gets a new version: the old value stands until the block that names the new one is committed. A keychain that
 * limits sizes adds a piece number of its own.
 */
export type SecretName = {
  readonly home: string
  readonly block: string
  readonly field: string
  readonly version: number
}

/** Shorter values would black out ordinary text; they are refused where they are set, and not masked. */
export const shortestSecret = 6

const pattern = /^([^/]+)\/([^/]+)\/([^/@]+)@(\d+)$/

/** `home/block/field@version`: the account under which a place keeps the value. */
export const formatSecretName = ({ home, block, field, version }: SecretName): string =>
  `${home}/${block}/${field}@${version}`

export const parseSecretName = (text: string): SecretName | null => {
  const match = pattern.exec(text)
  if (!match) return null
  const [, home = '', block = '', field = '', version = ''] = match
  return { home, block, field, version: Number(version) }
}
