import type { JsonValue, Outputs } from '#core/model/handle.ts'
import type { ParameterValues } from '#core/model/parameter.ts'

/**
 * What expressions may read. Parameters, variables and the item go by their bare names; all else is under `run`,
 * `tasks` and `blocks`. Only what an expression mentions need be there (see mentions.ts).
 */
export type Scope = {
  readonly parameters: ParameterValues
  /** Evaluated: see evaluateVariables. */
  readonly variables: Readonly<Record<string, JsonValue>>
  /** The for-each item and the name it goes by (`as`), or null. */
  readonly item: { readonly name: string; readonly value: JsonValue } | null
  readonly run: RunScope
  /** Outputs by task; a list, in item order, for a mapped task. */
  readonly tasks: Readonly<Record<string, Outputs | readonly Outputs[]>>
  /** Settings without secrets, by block type, then name. */
  readonly blocks: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>>
}

/** `{{ run.name }}` and so on. `state` and `message` are known only to hooks. */
export type RunScope = {
  readonly id: string
  readonly name: string
  readonly flow: string
  /** ISO 8601, UTC. */
  readonly started_at: string
  readonly state?: string
  readonly message?: string
}
