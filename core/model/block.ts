import type { FieldDescription } from './field-description.ts'
import type { JsonValue } from './handle.ts'

/** What stands in place of a secret that is set, always eight. */
export const obfuscated = '********'

/** A block as lists and pages show it. */
export type Block = {
  readonly id: string
  readonly type: string
  readonly name: string
  /** `block:type/name`. */
  readonly reference: string
  readonly settings: Readonly<Record<string, JsonValue>>
  /** Every secret field of its type: eight asterisks when it is set, else null. */
  readonly secrets: Readonly<Record<string, typeof obfuscated | null>>
  /** Why it cannot be used as it is, or null. */
  readonly problem: string | null
  readonly lastTest: { readonly at: number; readonly passed: boolean } | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** What the engine plans and runs with. */
export type ResolvedBlock = {
  readonly type: string
  readonly id: string
  /** Upgraded and parsed; no secret. */
  readonly settings: Readonly<Record<string, JsonValue>>
  /** By secret field that is set; stands in cache keys for the value. */
  readonly secretVersions: Readonly<Record<string, number>>
}

export type NewBlock = {
  readonly type: string
  readonly name: string
  readonly settings: Readonly<Record<string, JsonValue>>
  /** Settings from a command line, read by what each setting takes. */
  readonly texts?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Takes secrets too short to be masked. */
  readonly allowShort?: boolean
}

export type BlockEdit = {
  /** Merged into the settings it has. */
  readonly settings?: Readonly<Record<string, JsonValue>>
  readonly texts?: Readonly<Record<string, string>>
  /** Settings to take away. */
  readonly unset?: readonly string[]
  /** A new value, or null to clear. Others stay as they are. */
  readonly secrets?: Readonly<Record<string, string | null>>
  readonly allowShort?: boolean
}

export type ImportResult = {
  readonly blocks: readonly Block[]
  /** Secret fields that must still be filled in. */
  readonly missing: readonly { readonly reference: string; readonly field: string }[]
}

export type SecretField = {
  readonly title: string
  readonly help?: string
  readonly optional?: true
  readonly multiline?: true
}

/** A block type as lists and forms show it. */
export type BlockTypeSummary = {
  readonly type: string
  readonly version: number
  readonly title: string
  readonly summary: string
  readonly icon: string
  readonly capabilities: readonly string[]
  /** JSON Schema of the settings; what a form needs stands in each field's `field`. */
  readonly settings: JsonValue
  readonly fields: readonly FieldDescription[]
  readonly secrets: Readonly<Record<string, SecretField>>
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
}

/** One stage of a connection test: its name, how it went (milliseconds), and what to do when it failed. */
export type TestStage = {
  readonly stage: string
  readonly ok: boolean
  readonly duration: number
  readonly message: string
  readonly remedy?: string
}
