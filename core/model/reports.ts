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

export type SecretsReport = {
  readonly backend: 'none' | 'vault' | 'keychain' | 'memory'
  readonly state: 'ready' | 'locked' | 'absent' | 'damaged' | 'wrong-passphrase'
  /** There is no vault yet: the first passphrase that is given becomes its passphrase. */
  readonly isNew?: boolean
  readonly message: string
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
}
