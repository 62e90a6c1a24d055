import { identifier } from './sql.ts'

/**
 * Types of text columns. A guess from the first rows says where to begin; then every row of every file is looked at, and a
 * column takes the next wider type until all its values fit. So a late value never breaks a run, and no value is altered.
 */
export type Guess =
  'BOOLEAN' | 'BIGINT' | 'HUGEINT' | 'DOUBLE' | 'DATE' | 'TIMESTAMP' | 'TIMESTAMP WITH TIME ZONE' | 'TIME' | 'VARCHAR'

const wider: Readonly<Record<Guess, Guess>> = {
  BOOLEAN: 'VARCHAR',
  BIGINT: 'HUGEINT',
  HUGEINT: 'DOUBLE',
  DOUBLE: 'VARCHAR',
  DATE: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  'TIMESTAMP WITH TIME ZONE': 'VARCHAR',
  TIME: 'VARCHAR',
  VARCHAR: 'VARCHAR',
}

const shapes: readonly (readonly [Guess, RegExp])[] = [
  ['BOOLEAN', /^(true|false)$/i],
  ['BIGINT', /^\s*-?(0|[1-9]\d{0,17})\s*$/],
  ['HUGEINT', /^\s*-?(0|[1-9]\d{0,37})\s*$/],
  ['DOUBLE', /^\s*[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i],
  ['DATE', /^\d{4}-\d\d-\d\d$/],
  ['TIMESTAMP', /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?$/],
  ['TIMESTAMP WITH TIME ZONE', /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?\s?(Z|[-+]\d\d(:?\d\d)?)$/],
  ['TIME', /^\d\d:\d\d(:\d\d(\.\d{1,6})?)?$/],
]

/** The narrowest type that all values have; null when there is none to look at. */
export const guessType = (values: readonly string[]): Guess | null => {
  if (values.length === 0) return null
  return shapes.find(([, shape]) => values.every((value) => shape.test(value)))?.[0] ?? 'VARCHAR'
}

/**
 * Whether a value has the type and would come back as it was: text such as 007 or 1_000 is no number. Comparing text with
 * '00' and '0:' finds a zero before another digit without a pattern for each value.
 */
const fits = (value: string, type: Guess): string => {
  switch (type) {
    case 'BOOLEAN':
      return `lower(${value}) IN ('true', 'false')`
    case 'BIGINT':
    case 'HUGEINT':
      return `coalesce(CAST(TRY_CAST(${value} AS ${type}) AS VARCHAR) = trim(${value}), FALSE)`
    case 'DOUBLE':
      return (
        `coalesce(isfinite(TRY_CAST(${value} AS DOUBLE)), FALSE) AND NOT contains(${value}, '_') ` +
        `AND NOT (${value} >= '00' AND ${value} < '0:') AND NOT (${value} >= '-00' AND ${value} < '-0:')`
      )
    case 'DATE':
      return `strlen(${value}) = 10 AND TRY_CAST(${value} AS DATE) IS NOT NULL`
    case 'TIMESTAMP':
      return `${momentary(value)} AND TRY_CAST(${value} AS TIMESTAMP) IS NOT NULL AND NOT ${zoned(value)}`
    case 'TIMESTAMP WITH TIME ZONE':
      return `${momentary(value)} AND TRY_CAST(${value} AS TIMESTAMPTZ) IS NOT NULL AND ${zoned(value)}`
    case 'TIME':
      return `contains(${value}, ':') AND strlen(${value}) BETWEEN 5 AND 15 AND TRY_CAST(${value} AS TIME) IS NOT NULL`
    case 'VARCHAR':
      return 'TRUE'
    default:
      return type satisfies never
  }
}

/** Neither the words “infinity” and “epoch” nor more digits than microseconds hold. */
const momentary = (value: string): string => `${value} < ':' AND strlen(${value}) BETWEEN 10 AND 32`

const zoned = (value: string): string =>
  `(contains(${value}, '+') OR contains(${value}, 'Z') OR (strlen(${value}) > 16 AND contains(${value}[17:], '-')))`

export type InferredTypes = {
  readonly types: ReadonlyMap<string, string>
  /** Columns in which no row has a value. */
  readonly empty: readonly string[]
}

type Ask = (select: string) => Promise<Readonly<Record<string, unknown>>>

/**
 * The types of `columns`, checked against every row. `from` is SQL of all rows as text; `guesses` holds what the first
 * rows suggest. A column without any value stays VARCHAR and is named in `empty`.
 */
export const inferTypes = async (
  guesses: ReadonlyMap<string, Guess | null>,
  from: string,
  ask: Ask,
): Promise<InferredTypes> => {
  const types = new Map<string, string>()
  const open = new Map([...guesses].filter(([, guess]) => guess !== 'VARCHAR'))
  for (const [column, guess] of guesses) if (guess === 'VARCHAR') types.set(column, guess)
  const empty: string[] = []
  while (open.size > 0) {
    const names = [...open.keys()]
    const answers = await ask(
      `SELECT ${names.map((name, index) => question(name, open.get(name) ?? null, index)).join(', ')} FROM (${from})`,
    )
    for (const [index, name] of names.entries()) {
      const next = judge(open.get(name) ?? null, answers, index)
      if (next.done) {
        types.set(name, next.type)
        open.delete(name)
        if (next.empty) empty.push(name)
      } else open.set(name, next.guess)
    }
  }
  return { types, empty }
}

/** For a guess: do all values fit? Without one: its smallest and greatest text, to guess from. */
const question = (name: string, guess: Guess | null, index: number): string => {
  const column = identifier(name)
  if (guess === null) return `min(${column}) AS low${index}, max(${column}) AS high${index}`
  return `bool_and(${fits(column, guess)}) FILTER (WHERE ${column} IS NOT NULL) AS fits${index}`
}

type Judgement = { done: true; type: Guess; empty: boolean } | { done: false; guess: Guess }

const judge = (guess: Guess | null, answers: Readonly<Record<string, unknown>>, index: number): Judgement => {
  if (guess === null) {
    const ends = [answers[`low${index}`], answers[`high${index}`]].filter((end) => typeof end === 'string')
    const first = guessType(ends)
    if (first === null) return { done: true, type: 'VARCHAR', empty: true }
    return first === 'VARCHAR' ? { done: true, type: 'VARCHAR', empty: false } : { done: false, guess: first }
  }
  if (answers[`fits${index}`] !== false) return { done: true, type: guess, empty: false }
  const next = wider[guess]
  return next === 'VARCHAR' ? { done: true, type: 'VARCHAR', empty: false } : { done: false, guess: next }
}
