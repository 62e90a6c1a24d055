import type { JsonValue } from './handle.ts'

/** What a text with expressions gives before a run: from defaults of parameters, and outputs of the last run. */
export type ExpressionResult =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly firstItem: boolean }
  /** Known only when it runs; `reason` says what it waits for. */
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }
