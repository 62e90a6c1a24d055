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
  /** By secret field that is set: what may be shown of it. */
  readonly facts: Readonly<Record<string, SecretFacts>>
  /** Why it cannot be used as it is, or null. */
  readonly problem: string | null
  readonly lastTest: LastTest | null
  /** When a run last used it, exact to a minute; null when none has. */
  readonly lastUsedAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

export type LastTest = { readonly at: number; readonly passed: boolean; readonly stages: readonly TestStage[] }

/** All that names a block. While there is any, deleting it is refused unless it is forced. */
export type BlockUses = {
  /** Flows of the library and those open in an editor, by name. */
  readonly flows: readonly FlowUse[]
  /** Blocks whose settings name it, with these settings. */
  readonly blocks: readonly { readonly reference: string; readonly fields: readonly string[] }[]
  /** Flow runs that have not ended, by their document or their parameters. */
  readonly runs: readonly { readonly flowRun: string; readonly name: string }[]
}

export type FlowUse = {
  /** The flow's name in the library; null for a file elsewhere. */
  readonly library: string | null
  /** What people call it: the name in the library, or the path. */
  readonly name: string
  readonly file: string
  readonly places: readonly BlockPlace[]
}

/** Where a flow names a block: `path` as in the YAML, for example tasks, upload, with, storage; `task` where it is in one. */
export type BlockPlace = { readonly task: string | null; readonly path: readonly (string | number)[] }

/** Renamed, with everything that named it. */
export type RenamedBlock = {
  readonly block: Block
  /** Flows and blocks whose text was changed. */
  readonly flows: readonly string[]
  readonly blocks: readonly string[]
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
  /** Secret fields that must still be filled in, with their titles. */
  readonly missing: readonly { readonly reference: string; readonly field: string; readonly title: string }[]
  /** Blocks that the settings of these name and that are not here. */
  readonly missingBlocks: readonly { readonly reference: string; readonly field: string; readonly names: string }[]
}

/** A test message that was taken: where it went, never a secret address, and what the server answered. */
export type SentTest = { readonly location: string; readonly answer: string }

/** What may be shown of a secret, for example of a key: its project and e-mail address. Title → text. */
export type SecretFacts = { readonly shown: Readonly<Record<string, string>>; readonly expiresAt: number | null }

export type SecretField = {
  readonly title: string
  readonly help?: string
  readonly optional?: true
  readonly multiline?: true
  /** People have it as a file: it may be dropped or chosen as one. */
  readonly file?: true
}

/** A block type as lists and forms show it. */
export type BlockTypeSummary = {
  readonly type: string
  readonly version: number
  readonly title: string
  readonly summary: string
  readonly icon: string
  readonly capabilities: readonly string[]
  /** Markdown. */
  readonly docs: string
  /** JSON Schema of the settings; what a form needs stands in each field's `field`. */
  readonly settings: JsonValue
  readonly fields: readonly FieldDescription[]
  readonly secrets: Readonly<Record<string, SecretField>>
  /** Its test can also write something small. */
  readonly triesWriting: boolean
  readonly examples: readonly Readonly<Record<string, JsonValue>>[]
}

/** One stage of a connection test: its name, how it went (milliseconds), and what to do when it failed. */
export type TestStage = {
  readonly stage: string
  readonly ok: boolean
  readonly duration: number
  readonly message: string
  readonly remedy?: string
  readonly offer?: TestOffer
}

/** What a test can do about what it found missing, once somebody says so: `create` makes it, and the test goes on. */
export type TestOffer = { readonly action: 'create'; readonly title: string }
