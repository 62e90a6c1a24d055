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
}

export type SecretsReport = {
  readonly backend: 'none' | 'vault' | 'keychain' | 'memory'
  readonly state: 'ready' | 'locked' | 'absent' | 'damaged' | 'wrong-passphrase'
  readonly message: string
}

export type TagLimit = {
  readonly tag: string
  readonly limit: number
  /** Task runs that hold a slot, and those that wait for one: flow run id / key. */
  readonly holders: readonly string[]
  readonly waiters: readonly string[]
}

export type Preview = {
  readonly columns: readonly Column[]
  readonly rows: readonly Readonly<Record<string, JsonValue>>[]
  readonly rowCount: number | null
  readonly bytes: number | null
}
