import type { JsonValue } from './handle.ts'

/** One thing that one version of a flow says and another does not, or says otherwise. */
export type FlowChange = {
  readonly kind: 'added' | 'removed' | 'changed'
  /** For example ['tasks', 'clean'] for a whole task, or ['tasks', 'clean', 'with', 'where']. */
  readonly path: readonly string[]
  /** Null where there is nothing. */
  readonly before: JsonValue
  readonly after: JsonValue
}
