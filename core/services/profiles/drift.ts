import { counted } from '#core/model/counted.ts'
import {
  driftSeverities,
  isListed,
  type ColumnProfile,
  type DriftFinding,
  type DriftSeverity,
  type TableProfile,
} from '#core/model/table-profile.ts'
import { columnDrift } from './column-drift.ts'
import { valuesDrift } from './values-drift.ts'
import { typeFamily } from './type-family.ts'

/** What differs between two profiles of a table, the gravest first. Nothing between a profile and itself. */
export const driftOf = (before: TableProfile, now: TableProfile): readonly DriftFinding[] => {
  const pairs = now.columns.flatMap((column) => {
    const former = columnNamed(before, column.name)
    return former ? [[former, column] as const] : []
  })
  const findings = [
    ...columnsDrift(before, now),
    ...rowsDrift(before.rows, now.rows),
    ...pairs.flatMap(([former, column]) => retyped(former, column)),
    ...(before.rows > 0 && now.rows > 0
      ? pairs.flatMap(([former, column]) =>
          contentDrift({ column: former, rows: before.rows }, { column, rows: now.rows }),
        )
      : []),
  ]
  const grave = (severity: DriftSeverity) => -driftSeverities.indexOf(severity)
  return findings.toSorted((a, b) => grave(a.severity) - grave(b.severity))
}

/** As SQL takes names: without regard to case. */
const columnNamed = ({ columns }: TableProfile, name: string): ColumnProfile | undefined =>
  columns.find((column) => column.name === name) ??
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase())

const isKnownTo = (profile: TableProfile, name: string): boolean =>
  [...profile.columns, ...profile.omitted].some((column) => column.name.toLowerCase() === name.toLowerCase())

const columnsDrift = (before: TableProfile, now: TableProfile): DriftFinding[] => [
  ...before.columns
    .filter(({ name }) => !isKnownTo(now, name))
    .map(({ name, type }): DriftFinding => ({
      kind: 'column-removed',
      column: name,
      severity: 'alarm',
      message: `The column ${name} (${type}) is gone.`,
    })),
  ...now.columns
    .filter(({ name }) => !isKnownTo(before, name))
    .map(({ name, type }): DriftFinding => ({
      kind: 'column-added',
      column: name,
      severity: 'warning',
      message: `The column ${name} (${type}) is new.`,
    })),
]

const rowsDrift = (before: number, now: number): DriftFinding[] => {
  if (before === now) return []
  const finding = (severity: DriftSeverity, message: string): DriftFinding[] => [
    { kind: 'rows', column: null, severity, message },
  ]
  if (now === 0) return finding('alarm', `There are no rows; there were ${counted(before, 'row')}.`)
  if (before === 0) return finding('warning', `There are ${counted(now, 'row')}; there were none.`)
  const change = (now - before) / before
  const size = Math.abs(change)
  const severity = size >= 0.5 ? 'alarm' : size >= 0.1 ? 'warning' : 'note'
  const percent = size >= 0.0005 ? ` (${change > 0 ? '+' : '−'}${(size * 100).toFixed(1)} %)` : ''
  return finding(severity, `There are ${counted(now, 'row')} instead of ${before.toLocaleString('en-US')}${percent}.`)
}

const retyped = (before: ColumnProfile, now: ColumnProfile): DriftFinding[] => {
  if (before.type === now.type) return []
  const severity = typeFamily(before.type) === typeFamily(now.type) ? 'warning' : 'alarm'
  const message = `The type of ${now.name} is ${now.type}; it was ${before.type}.`
  return [{ kind: 'column-retyped', column: now.name, severity, message }]
}

type Side = { readonly column: ColumnProfile; readonly rows: number }

const contentDrift = (before: Side, now: Side): readonly DriftFinding[] => {
  const nulls = nullsDrift(now.column.name, before.column.nulls / before.rows, now.column.nulls / now.rows)
  if (before.column.kind !== now.column.kind) return nulls
  const values = isCategory(before) && isListed(now.column) ? valuesDrift(before.column, now.column, before.rows) : []
  return [...nulls, ...columnDrift(before.column, now.column), ...values]
}

/** Its few values stand for kinds of rows: each is there several times, and times pass. */
const isCategory = ({ column, rows }: Side): boolean =>
  isListed(column) && column.kind !== 'time' && column.distinct.count * 4 <= rows - column.nulls

const percentOf = (share: number): string => {
  if (share === 0) return 'no row'
  if (share === 1) return 'every row'
  if (share < 0.0005) return 'under 0.1 % of rows'
  return share > 0.9995 ? 'over 99.9 % of rows' : `${(share * 100).toFixed(1)} % of rows`
}

const nullsDrift = (name: string, before: number, now: number): DriftFinding[] => {
  const change = Math.abs(now - before)
  const appeared = before === 0 && now > 0
  const vanished = now === 0 && before > 0
  const isAll = now === 1 && before < 1
  if (change < 0.01 && !appeared && !vanished && !isAll) return []
  const severity = isAll || (change >= 0.2 && now > before) ? 'alarm' : appeared || change >= 0.05 ? 'warning' : 'note'
  const message = vanished
    ? `${name} has a value in every row (before: none in ${percentOf(before)}).`
    : `${name} has no value in ${percentOf(now)} (before: ${percentOf(before)}).`
  return [{ kind: 'nulls', column: name, severity, message }]
}
