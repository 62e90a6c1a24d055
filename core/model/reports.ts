import type { Column, JsonValue } from './handle.ts'

export type VersionReport = {
  readonly millrace: string
  readonly node: string
  readonly platform: string
  readonly home: string
}

/** `source` says where the value in force comes from. */
export type ConfigEntry = {
  readonly key: string
  readonly value: string
  readonly source: 'default' | 'home' | 'environment'
  readonly help: string
  readonly takes: ConfigKind
}

/** What a form asks for. */
export type ConfigKind =
  | { readonly kind: 'number'; readonly least: number; readonly unit: string | null }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'text' }

export const secretsPlaces = ['keychain', 'vault', 'none'] as const
export type SecretsPlace = (typeof secretsPlaces)[number]

/**
 * `absent`: no place is chosen. The vault knows `locked`, `damaged` and `wrong-passphrase`; the keychain `locked`,
 * `no-service` (nothing answers for it here), `denied` (the system or the person refused), `timed-out` (no answer, mostly
 * since a prompt waits for somebody) and `not-installed` (the part that talks to it is missing).
 */
export type SecretsState =
  | 'ready'
  | 'locked'
  | 'absent'
  | 'damaged'
  | 'wrong-passphrase'
  | 'no-service'
  | 'denied'
  | 'timed-out'
  | 'not-installed'

/**
 * What a person can do about it, for a button: unlock (the vault by its passphrase, the keychain by the system's own
 * prompt), ask again, keep secrets in a vault or the keychain instead, or end a move that was cut off.
 */
export type SecretsRemedy = 'unlock' | 'retry' | 'use-vault' | 'use-keychain' | 'finish-move'

export type SecretsReport = {
  readonly backend: 'none' | 'vault' | 'keychain' | 'memory'
  readonly state: SecretsState
  /** There is no vault yet: the first passphrase that is given becomes its passphrase. */
  readonly isNew?: boolean
  /** A move to this place was cut off; the same move finishes it. */
  readonly moving?: Exclude<SecretsPlace, 'none'>
  /** What is so, and what to do. */
  readonly message: string
  /** The best first; none where nothing is to be done. */
  readonly remedies?: readonly SecretsRemedy[]
}

/** Whether the vault is locked, whether it is also the place that is chosen, and whether it is yet to be made. */
export type PassphraseWanted = { readonly wanted: boolean; readonly locked: boolean; readonly isNew: boolean }

/** What became of the values that blocks name. A lost one was set, but no place has it any more: it must be set again. */
export type SecretsCheck = {
  readonly checked: number
  /** `block:type/name#field` */
  readonly lost: readonly string[]
  /** Still in the place that is not chosen; a move takes them along. */
  readonly elsewhere: readonly string[]
  /** Not in the place that is chosen, and the other cannot be asked now. */
  readonly unknown: readonly string[]
}

/** How a move ended. All values are in the new place; `left` could not be deleted from the old one yet. */
export type SecretsMoved = {
  readonly to: SecretsPlace
  readonly moved: number
  readonly left: number
  readonly lost: readonly string[]
}

export type TagLimit = {
  readonly tag: string
  readonly limit: number
  /** Task runs that hold a slot, and those that wait for one: flow run id / key. */
  readonly holders: readonly string[]
  readonly waiters: readonly string[]
}

/** The task run that an entry of `holders` or `waiters` names. */
export const slotTaskRun = (entry: string): { readonly flowRun: string; readonly taskRun: string } => {
  const slash = entry.indexOf('/')
  return { flowRun: entry.slice(0, slash), taskRun: entry.slice(slash + 1) }
}

export type Preview = {
  readonly columns: readonly Column[]
  readonly rows: readonly Readonly<Record<string, JsonValue>>[]
  readonly rowCount: number | null
  readonly bytes: number | null
  /** Files that were written after the run: these may be other rows than it saw. */
  readonly changedSources: readonly string[]
}
