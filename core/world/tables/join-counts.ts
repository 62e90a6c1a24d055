import type { JoinCounts, JoinRule } from '#core/kinds/relations.ts'
import type { Row } from './duckdb.ts'
import { keysSql, type JoinSide, type JoinSides } from './join.ts'

/** Rows of a SELECT over tables that it names as `{left}` and `{right}`. */
type Ask = (select: string) => Promise<readonly Row[]>

/**
 * How rows of both sides match; only the key columns are read. Counting in the join itself would need an outer join, which
 * takes three times as long as an inner one. Where keys stand often it is cheapest to count on both sides how often each
 * does; where they are all different that would take three times the join, and joining the larger side with the keys of the
 * smaller one takes no longer than the join.
 */
export const countJoin = async (ask: Ask, sides: JoinSides, { keys }: JoinRule): Promise<JoinCounts> => {
  const larger = (sides.left.rows ?? Infinity) >= (sides.right.rows ?? Infinity) ? 'left' : 'right'
  const names = keys.map((_, index) => `key_${index}`)
  const rows = (side: JoinSide) => {
    const fields = keysSql(sides, keys, side).map((value, index) => `${value} AS key_${index}`)
    return `SELECT ${fields.join(', ')} FROM {${side}} AS ${side}_rows`
  }
  const facts = { names, rows }
  const [row] = await ask((await repeats(ask, facts, larger)) ? byKeys(facts) : byMatches(facts, larger))
  const number = (name: string) => Number(row?.[name] ?? 0)
  const side = (name: JoinSide) => ({
    rows: number(`${name}_rows`),
    matched: number(`${name}_matched`),
    keyless: number(`${name}_keyless`),
  })
  return { left: side('left'), right: side('right'), pairs: number('pairs') }
}

type Keys = { readonly names: readonly string[]; rows(side: JoinSide): string }

const counted = ({ names }: Keys, rows: string): string =>
  `(SELECT ${names.join(', ')}, count(*)::HUGEINT AS n FROM (${rows}) GROUP BY ALL)`

const equal = ({ names }: Keys): string => names.map((name) => `left_keys.${name} = right_keys.${name}`).join(' AND ')

const missing = ({ names }: Keys, from: string): string => names.map((name) => `${from}.${name} IS NULL`).join(' OR ')

const sampled = 50_000

/** Whether keys stand often in the larger side, as its first rows tell. Only how fast the count is depends on it. */
const repeats = async (ask: Ask, keys: Keys, larger: JoinSide): Promise<boolean> => {
  const sample = counted(keys, `${keys.rows(larger)} LIMIT ${sampled}`)
  const [row] = await ask(`SELECT count(*) AS different, sum(n) AS total FROM ${sample}`)
  const total = Number(row?.['total'] ?? 0)
  return total < sampled || Number(row?.['different'] ?? 0) < total / 4
}

const byKeys = (keys: Keys): string => {
  const sums = (['left', 'right'] as const).flatMap((side) => {
    const other = side === 'left' ? 'right' : 'left'
    return [
      `sum(${side}_keys.n) AS ${side}_rows`,
      `sum(${side}_keys.n) FILTER (WHERE ${other}_keys.n IS NOT NULL) AS ${side}_matched`,
      `sum(${side}_keys.n) FILTER (WHERE ${missing(keys, `${side}_keys`)}) AS ${side}_keyless`,
    ]
  })
  return (
    `SELECT ${sums.join(', ')}, sum(left_keys.n * right_keys.n) AS pairs FROM ${counted(keys, keys.rows('left'))} AS left_keys ` +
    `FULL JOIN ${counted(keys, keys.rows('right'))} AS right_keys ON ${equal(keys)}`
  )
}

const byMatches = (keys: Keys, larger: JoinSide): string => {
  const smaller = larger === 'left' ? 'right' : 'left'
  const totals = (['left', 'right'] as const).flatMap((side) => [
    `(SELECT count(*) FROM {${side}}) AS ${side}_rows`,
    `(SELECT count(*) FILTER (WHERE ${missing(keys, 'side_keys')}) FROM (${keys.rows(side)}) AS side_keys) AS ${side}_keyless`,
  ])
  const found =
    `SELECT any_value(${smaller}_keys.n) AS n, count(*)::HUGEINT AS found FROM (${keys.rows(larger)}) AS ${larger}_keys ` +
    `JOIN ${counted(keys, keys.rows(smaller))} AS ${smaller}_keys ON ${equal(keys)} ` +
    `GROUP BY ${keys.names.map((name) => `${smaller}_keys.${name}`).join(', ')}`
  return (
    `SELECT sum(found) AS ${larger}_matched, sum(n) AS ${smaller}_matched, sum(n * found) AS pairs, ${totals.join(', ')} ` +
    `FROM (${found})`
  )
}
