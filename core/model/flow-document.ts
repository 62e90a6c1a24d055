import type { JsonValue } from './handle.ts'
import type { Parameters } from './parameter.ts'

/**
 * A flow as plain data, after the YAML was read and checked and before any expression was evaluated. Made by core/flow;
 * stored with each run by the hash of its text. Every field is present, so that no reader needs a default.
 */
export const runIfs = ['all_succeeded', 'all_done', 'any_failed', 'always'] as const
export type RunIf = (typeof runIfs)[number]

/** Milliseconds. `exponential`: base × 2ⁿ before the n-th retry, n from 0, as Prefect's exponential_backoff. */
export type RetryDelay =
  | { readonly kind: 'fixed'; readonly delay: number }
  | { readonly kind: 'list'; readonly delays: readonly number[] }
  | { readonly kind: 'exponential'; readonly base: number }

export type CacheRule = {
  /** `inputs`, or an expression whose value is the key. */
  readonly key: string
  /** Milliseconds, or null for never. */
  readonly expires: number | null
}

export type OutputReference = { readonly task: string; readonly output: string }

export type TaskDocument = {
  readonly id: string
  readonly type: string
  /** By port. More than one only for a `many` port. */
  readonly inputs: Readonly<Record<string, readonly OutputReference[]>>
  /** Tasks it waits for without taking data. */
  readonly after: readonly string[]
  /** Settings as written; strings may hold expressions. */
  readonly with: Readonly<Record<string, JsonValue>>
  /** Tasks whose outputs its expressions mention (`tasks.x`): order edges too. */
  readonly mentions: readonly string[]
  /** An expression or list of items, or the id of a mapped upstream task whose items it follows, or null. */
  readonly forEach:
    { readonly kind: 'items'; readonly items: JsonValue } | { readonly kind: 'like'; readonly task: string } | null
  /** The name of the item in expressions. */
  readonly as: string
  /** Most items of this task at once, or null. */
  readonly concurrency: number | null
  readonly retries: number
  readonly retryDelay: RetryDelay
  /** Spreads each delay by up to this part of it, 0 for none; Prefect's retry_jitter_factor. */
  readonly retryJitter: number
  /** Milliseconds, or null. */
  readonly timeout: number | null
  readonly cache: CacheRule | null
  readonly tags: readonly string[]
  readonly keep: boolean
  readonly runIf: RunIf
  /** A condition (expression), or null. */
  readonly when: string | null
  readonly allowFailure: boolean
  readonly disabled: boolean
  readonly note: string | null
  /** What its type says of it; see core/kinds/task-type.ts. */
  readonly traits: TaskTraits
}

export type TaskTraits = {
  /** Where it runs. */
  readonly runs: 'inline' | 'worker'
  /**
   * `lazy`: only adds steps to a plan. `starts`: begins a plan over its inputs, which are computed before it.
   * `reads`: computes the plan it is given. `none`: no table.
   */
  readonly tables: 'lazy' | 'starts' | 'reads' | 'none'
  /** It changes something outside the home, so it is cached only when asked by name. */
  readonly effect: boolean
  /** Input ports that may stay without data. */
  readonly optional: readonly string[]
  /** Input ports that take a list. */
  readonly many: readonly string[]
}

export const hookNames = ['on_failure', 'on_completion', 'on_cancellation'] as const
export type HookName = (typeof hookNames)[number]

export type FlowDocument = {
  readonly name: string
  readonly description: string | null
  readonly parameters: Parameters
  /** Expressions, evaluated in order when the run is planned. */
  readonly variables: Readonly<Record<string, JsonValue>>
  readonly tasks: readonly TaskDocument[]
  readonly tags: readonly string[]
  /** Most task runs of one flow run at once, or null. */
  readonly concurrency: number | null
  readonly retries: number
  /** Milliseconds. */
  readonly retryDelay: number
  /** Milliseconds, or null. */
  readonly timeout: number | null
  readonly hooks: Readonly<Record<HookName, readonly TaskDocument[]>>
  /** Kept as written until notifications exist. */
  readonly notify: JsonValue
}
