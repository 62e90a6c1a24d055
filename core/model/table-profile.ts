import type { Column } from './handle.ts'

/**
 * What a table holds, column by column. Values are text as DuckDB writes them, so that big integers and decimals are
 * exact; times with a zone are given in UTC. Long values are cut with an ellipsis.
 */
export type TableProfile = {
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
  /** Columns of a wide table that were not looked at. */
  readonly omitted: readonly Column[]
}

export type ColumnProfile = {
  readonly name: string
  readonly type: string
  readonly kind: ColumnKind
  readonly nulls: number
  /** How many different values, without null. */
  readonly distinct: { readonly count: number; readonly exact: boolean }
  /** Null for a column without values, and for types without an order people know. */
  readonly min: string | null
  readonly max: string | null
  readonly quantiles: Quantiles | null
  /**
   * The most frequent first, with exact counts; all there are when `distinct` is no more than `listedValues`. Of more than
   * `exactDistinct` they are the most frequent by estimate. None where every value is there once, or is long.
   */
  readonly values: readonly { readonly value: string; readonly count: number }[]
  readonly histogram: Histogram | null
}

export const columnKinds = ['number', 'time', 'text', 'boolean', 'other'] as const
export type ColumnKind = (typeof columnKinds)[number]

/** A value at or below which that part of the values lies. `exact` false: close to it. */
export type Quantiles = {
  readonly exact: boolean
  readonly p01: string
  readonly p05: string
  readonly p25: string
  readonly p50: string
  readonly p75: string
  readonly p95: string
  readonly p99: string
}

/**
 * Counts in buckets of one width, for small charts: from the 1st to the 99th percentile, so that a few far values do not
 * flatten the rest. Times are seconds since 1970, times of day seconds since midnight.
 */
export type Histogram = {
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
  readonly below: number
  readonly above: number
}

/** Up to so many different values, all of them are listed with their counts. */
export const listedValues = 50
/** Up to about so many different values, their number is exact. */
export const exactDistinct = 10_000
export const profiledColumns = 300

export const isListed = ({ distinct, values }: ColumnProfile): boolean =>
  distinct.exact && values.length === distinct.count

/** How grave a difference between two profiles is: for the record, worth a look, or most likely a mistake. */
export const driftSeverities = ['note', 'warning', 'alarm'] as const
export type DriftSeverity = (typeof driftSeverities)[number]

export type DriftKind =
  'column-added' | 'column-removed' | 'column-retyped' | 'rows' | 'nulls' | 'range' | 'distribution' | 'values'

/** One difference, as a plain sentence with figures. */
export type DriftFinding = {
  readonly kind: DriftKind
  /** Null when it is about the table as a whole. */
  readonly column: string | null
  readonly severity: DriftSeverity
  readonly message: string
}

export type Drift = {
  /** The last good run of the flow before this one that has this table, or null. */
  readonly against: {
    readonly flowRun: string
    readonly name: string
    readonly taskRun: string
    /** Parameters that had other values then. */
    readonly otherParameters: readonly string[]
  } | null
  /** Why there is nothing to compare with, or null. */
  readonly reason: string | null
  /** The gravest first. */
  readonly findings: readonly DriftFinding[]
}

export type ProfileAnswer = {
  readonly flowRun: string
  readonly taskRun: string
  readonly output: string
  readonly profile: TableProfile
  /** Files that the table is read from and that were written after the task run: the figures may tell of other rows. */
  readonly changedSources: readonly string[]
  /** Null when it was not asked for. */
  readonly drift: Drift | null
}
