import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { Tables } from '#core/kinds/task-context.ts'
import type { JsonValue, TableHandle } from '#core/model/handle.ts'
import {
  exactDistinct,
  listedValues,
  profiledColumns,
  type ColumnProfile,
  type Histogram,
  type Quantiles,
  type TableProfile,
} from '#core/model/table-profile.ts'
import { lookAt, shortText, type Look } from './look.ts'
import { positionOf } from './position.ts'

type Row = Readonly<Record<string, JsonValue>>

/** Up to so many values, quantiles are exact: all of them are held for it. Above, memory stays bounded. */
const exactCells = 10_000_000
/** Columns in one statement. */
const together = 40
/** Texts longer than this are not gathered, since many of them would not fit in memory. */
const gatheredLength = 1000
const estimatedValues = 10
const buckets = 20

const quantileNames = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const

/**
 * The table is computed once. Counts, extremes and quantiles of all columns come from one pass over it; then each column
 * is read once more for its values, and all that have an order for their charts.
 */
export const profileTable = async (tables: Tables, table: TableHandle): Promise<TableProfile> => {
  const input = isParquetScan(table) ? table : await tables.materialise(table)
  const ask = (select: string) => tables.ask({ profiled_rows: input }, select)
  const looks = table.columns
    .slice(0, profiledColumns)
    .map((column) => lookAt(column, tables.sql.identifier(column.name)))
  const exact = input.rows !== null && input.rows * looks.length <= exactCells
  const columns: ColumnProfile[] = []
  let rows = input.rows ?? 0
  for (let from = 0; from === 0 || from < looks.length; from += together) {
    const part = looks.slice(from, from + together)
    const answer = await askOne(ask, summarySelect(part, exact))
    rows = Number(answer['rows'])
    const found = part.map((look, index) => summaryOf(look, { answer, index, rows, exact }))
    const charts = await histogramsOf(ask, found)
    for (const [index, one] of found.entries()) {
      const { distinct, values } = await valuesOf(ask, one)
      columns.push({ ...one.profile, distinct, values, histogram: charts[index] ?? null })
    }
  }
  return { rows, columns, omitted: table.columns.slice(profiledColumns) }
}

/** Files of a user's that DuckDB reads column by column: a copy would gain nothing. */
const isParquetScan = ({ steps }: TableHandle): boolean => steps.length === 1 && bareScan.test(steps[0]?.sql ?? '')
const bareScan = /^SELECT [^()]+ FROM read_parquet\([^()]*\)$/

type Ask = (select: string) => Promise<readonly Row[]>

const askOne = async (ask: Ask, select: string): Promise<Row> => (await ask(select))[0] ?? {}

const summarySelect = (looks: readonly Look[], exact: boolean): string => {
  const fields = looks.flatMap(({ kind, name, value }, index) => [
    `count(${name}) AS c${index}`,
    `approx_count_distinct(${value}) AS d${index}`,
    ...(kind === 'text' || kind === 'other' ? [`max(length(CAST(${value} AS VARCHAR))) AS l${index}`] : []),
    ...(kind === 'boolean' || kind === 'other'
      ? []
      : [`${shortText(`min(${value})`)} AS a${index}`, `${shortText(`max(${value})`)} AS z${index}`]),
    ...(kind === 'number' || kind === 'time'
      ? [
          `CAST(${exact ? 'quantile_disc' : 'approx_quantile'}(${value}, [${Object.values(quantileNames).join(', ')}]) AS VARCHAR[]) AS q${index}`,
        ]
      : []),
  ])
  return `SELECT ${['count(*) AS rows', ...fields].join(', ')} FROM {profiled_rows}`
}

type Summary = {
  readonly look: Look
  readonly present: number
  readonly estimate: number
  readonly longest: number
  readonly profile: Omit<ColumnProfile, 'distinct' | 'values' | 'histogram'>
}

type Answered = { readonly answer: Row; readonly index: number; readonly rows: number; readonly exact: boolean }

const summaryOf = (look: Look, { answer, index, rows, exact }: Answered): Summary => {
  const present = Number(answer[`c${index}`])
  const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value + look.suffix : null)
  return {
    look,
    present,
    estimate: Math.min(present, Number(answer[`d${index}`])),
    longest: Number(answer[`l${index}`] ?? 0),
    profile: {
      ...look.column,
      kind: look.kind,
      nulls: rows - present,
      min: text(answer[`a${index}`]),
      max: text(answer[`z${index}`]),
      quantiles: quantilesOf(answer[`q${index}`], exact, text),
    },
  }
}

const quantilesOf = (
  list: JsonValue | undefined,
  exact: boolean,
  text: (value: JsonValue | undefined) => string | null,
): Quantiles | null => {
  if (!Array.isArray(list)) return null
  const at = (index: number): string => text(list[index] as JsonValue | undefined) ?? ''
  return { exact, p01: at(0), p05: at(1), p25: at(2), p50: at(3), p75: at(4), p95: at(5), p99: at(6) }
}

const valuesOf = async (
  ask: Ask,
  { look, present, estimate, longest }: Summary,
): Promise<Pick<ColumnProfile, 'distinct' | 'values'>> => {
  const { name, value, suffix } = look
  const estimated = { count: estimate, exact: present === 0 }
  if (present === 0 || longest > gatheredLength) return { distinct: estimated, values: [] }
  const shown = (row: Row) => ({ value: textIn(row, 'value') + suffix, count: Number(row['n']) })
  if (estimate > exactDistinct) {
    const frequent = `SELECT unnest(approx_top_k(${value}, ${estimatedValues})) FROM {profiled_rows}`
    const counted = `SELECT ${value} AS v, count(*) AS n FROM {profiled_rows} WHERE ${value} IN (${frequent}) GROUP BY ALL`
    const rows = await ask(`SELECT ${shortText('v')} AS value, n FROM (${counted}) WHERE n > 1 ORDER BY n DESC, v`)
    return { distinct: estimated, values: rows.map(shown) }
  }
  const counted = `SELECT ${value} AS v, count(*) AS n FROM {profiled_rows} WHERE ${name} IS NOT NULL GROUP BY ALL`
  const rows = await ask(
    `SELECT count(*) OVER () AS total, ${shortText('v')} AS value, n FROM (${counted}) ORDER BY n DESC, v LIMIT ${listedValues}`,
  )
  const total = Number(rows[0]?.['total'] ?? 0)
  const values = rows.map(shown)
  const frequent = values.filter(({ count }) => count > 1).slice(0, estimatedValues)
  return { distinct: { count: total, exact: true }, values: total > listedValues ? frequent : values }
}

type Range = { readonly index: number; readonly place: string; readonly from: number; readonly to: number }

const histogramsOf = async (ask: Ask, found: readonly Summary[]): Promise<readonly (Histogram | null)[]> => {
  const ranges = found.flatMap((one, index) => rangeOf(one, index))
  if (ranges.length === 0) return []
  const fields = ranges.flatMap(({ index, place, from, to }) => {
    const bounds = Array.from({ length: buckets }, (_, at) => from + ((to - from) * (at + 1)) / buckets)
    const list = [...bounds.slice(0, -1), to].map((bound) => `${bound}::DOUBLE`).join(', ')
    return [
      `map_values(histogram(CASE WHEN ${place} BETWEEN ${from}::DOUBLE AND ${to}::DOUBLE THEN ${place} END, [${list}])) AS h${index}`,
      `count(*) FILTER (${place} < ${from}::DOUBLE) AS b${index}`,
      `count(*) FILTER (${place} > ${to}::DOUBLE) AS o${index}`,
    ]
  })
  const answer = await askOne(ask, `SELECT ${fields.join(', ')} FROM {profiled_rows}`)
  const charts: (Histogram | null)[] = found.map(() => null)
  for (const { index, from, to } of ranges) {
    const counts = answer[`h${index}`]
    if (!Array.isArray(counts)) continue
    charts[index] = {
      from,
      to,
      counts: counts.slice(0, buckets).map(Number),
      below: Number(answer[`b${index}`]),
      above: Number(answer[`o${index}`]),
    }
  }
  return charts
}

/** From the 1st to the 99th percentile, or from end to end where these are one. */
const rangeOf = ({ look, profile }: Summary, index: number): readonly Range[] => {
  const { quantiles, min, max } = profile
  if (!quantiles) return []
  const place = look.kind === 'time' ? placeInTime(look) : `CAST(${look.value} AS DOUBLE)`
  for (const ends of [
    [quantiles.p01, quantiles.p99],
    [min, max],
  ] as const) {
    const [from, to] = ends.map((end) => positionOf(look.kind, end))
    if (typeof from === 'number' && typeof to === 'number' && from < to) return [{ index, place, from, to }]
  }
  return []
}

const placeInTime = ({ column, value }: Look): string =>
  column.type === 'TIME' ? `epoch(${value})` : `CASE WHEN isfinite(${value}) THEN epoch(${value}) END`
