/** How rows are combined, as tasks ask for it and core/world/tables does it. Every column named here exists: tasks have checked. */

export const joinKinds = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const
export type JoinKind = (typeof joinKinds)[number]

export type JoinRule = {
  readonly how: JoinKind
  /** Compared as `type`, which holds the values of both without loss. A row without a value in one of them matches nothing. */
  readonly keys: readonly { readonly left: string; readonly right: string; readonly type: string }[]
  readonly columns: readonly JoinColumn[]
}

/** `either`: the value of whichever side there is, of the key with this place. */
export type JoinColumn =
  | { readonly name: string; readonly side: 'left' | 'right'; readonly from: string }
  | { readonly name: string; readonly side: 'either'; readonly key: number }

/** Rows, all exact. */
export type JoinCounts = {
  readonly left: JoinSideCounts
  readonly right: JoinSideCounts
  /** Pairs of a left and a right row that match. */
  readonly pairs: number
}
export type JoinSideCounts = {
  readonly rows: number
  readonly matched: number
  /** Without a value in a key; among those not matched. */
  readonly keyless: number
}

/** A column of a union: by input, the column it comes from, or null where that input has none. */
export type UnionColumn = { readonly name: string; readonly type: string; readonly from: readonly (string | null)[] }

/** Rows without a value come last. */
export type SortKey = { readonly column: string; readonly descending: boolean }

export const aggregateFunctions = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max', 'median'] as const
export type AggregateFunction = (typeof aggregateFunctions)[number]

export type Aggregate =
  /** Without a column `count` counts rows. */
  | { readonly name: string; readonly function: AggregateFunction; readonly column: string | null }
  /** SQL over the columns of the input, with aggregate functions. */
  | { readonly name: string; readonly expression: string }

export type GroupRule = {
  /** None: all rows are one group, also when there is none. */
  readonly by: readonly string[]
  readonly aggregates: readonly Aggregate[]
  /** Over the columns that come out; with it the rows stay in this order until a step that orders nothing mixes them. */
  readonly order: readonly SortKey[]
  readonly limit: number | null
}

export type GroupCounts = {
  readonly rows: number
  readonly groups: number
  /** Rows without a value, by column of `by`. */
  readonly keyless: ReadonlyMap<string, number>
}

export type Fill = { readonly column: string } & (
  | { readonly with: 'value'; readonly value: string | number | boolean }
  | { readonly with: 'column'; readonly from: string }
  /** The nearest value before or after it in the order, within the rows of the same group. */
  | { readonly with: 'previous' | 'next' }
  | { readonly with: 'mean' | 'median' }
)

export type FillRule = {
  readonly columns: readonly Fill[]
  readonly order: readonly SortKey[]
  /** Columns whose values tell one group from another. */
  readonly within: readonly string[]
}

/** By column: values that were missing, and those that still are. */
export type FillCounts = ReadonlyMap<string, { readonly missing: number; readonly left: number }>
