/** A mistake in a document: where (line and column from 1), which field, what is wrong and what to do. */
export type Problem = {
  readonly line: number
  readonly column: number
  /** The field, for example ['tasks', 'clean', 'with', 'where']. */
  readonly path: readonly (string | number)[]
  readonly severity: 'error' | 'warning'
  /** For programs and the docs, for example `unknown-key`, `cycle`, `missing-input`. */
  readonly code: string
  readonly message: string
  readonly remedy: string
}
