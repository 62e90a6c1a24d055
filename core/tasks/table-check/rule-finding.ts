import type { JsonValue } from '#core/model/handle.ts'
import type { Rule } from './rules.ts'

export type RuleReport = {
  readonly rule: Rule['rule']
  readonly columns: readonly string[]
  readonly severity: Rule['severity']
  readonly holds: boolean
  /** Rows that break it; for `rows` the number of rows, for `freshness` of rows with a value. */
  readonly count: number
  /** A value that breaks it, or null. */
  readonly example: JsonValue
  readonly message: string
}

export type RuleFinding = {
  readonly report: RuleReport
  /** The rows that break it: a title, how many, and a SELECT over `{checked_rows}`; null where it is about no row. */
  readonly offending: { readonly title: string; readonly rows: number; readonly select: string } | null
}
