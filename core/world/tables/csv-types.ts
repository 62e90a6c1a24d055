import { textMomentLoss } from './moment-text.ts'
import { identifier } from './sql.ts'

/**
 * Types of text columns. A guess from the first rows says where to begin; then every row of every file is looked at, and a
 * column takes the next wider type until all its values fit. So a late value never breaks a run, and no value is altered.
 */
export type Guess =
  | 'BOOLEAN'
  | 'BIGINT'
  | 'HUGEINT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'DATE'
  | 'TIMESTAMP'
  | 'TIMESTAMP WITH TIME ZONE'
  | 'TIME'
  | 'VARCHAR'

const wider: Readonly<Record<Guess, Guess>> = {
  BOOLEAN: 'VARCHAR',
  BIGINT: 'HUGEINT',
  HUGEINT: 'DOUBLE',
  DOUBLE: 'VARCHAR',
  DECIMAL: 'VARCHAR',
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
  ['DOUBLE', /^\s*-?((0|[1-9]\d*)(e[-+]\d+)?|((0|[1-9]\d*)\.\d*|\.\d+)(e[-+]?\d+)?)\s*$/i],
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
 * Whether a value has the type and would come back as it was: text such as 007, 1_000, +49 or 1E5 is no number. Programs
 * write 1e-05 and 1e+16, with a sign; without one it is rather a code. Comparing text with '00' and '0:' finds a zero
 * before another digit without a pattern for each value.
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
        `AND NOT (${value} >= '00' AND ${value} < '0:') AND NOT (${value} >= '-00' AND ${value} < '-0:') ` +
        `AND NOT (${value} < ',' AND contains(${value}, '+'))`
      )
    case 'DATE':
      return `strlen(${value}) = 10 AND TRY_CAST(${value} AS DATE) IS NOT NULL`
    case 'TIMESTAMP':
      return `${momentary(value)} AND TRY_CAST(${value} AS TIMESTAMP) IS NOT NULL AND NOT (${textMomentLoss(value, type)})`
    case 'TIMESTAMP WITH TIME ZONE':
      return `${momentary(value)} AND TRY_CAST(${value} AS TIMESTAMPTZ) IS NOT NULL AND ${zoned(value)} AND NOT (${textMomentLoss(value, type)})`
    case 'TIME':
      return (
        `contains(${value}, ':') AND strlen(${value}) BETWEEN 5 AND 15 ` +
        `AND TRY_CAST(${value} AS TIME) IS NOT NULL AND NOT (${textMomentLoss(value, type)})`
      )
    case 'DECIMAL':
    case 'VARCHAR':
      return 'TRUE'
    default:
      return type satisfies never
  }
}

/** Not the words “infinity” and “epoch”. */
const momentary = (value: string): string => `${value} < ':' AND strlen(${value}) BETWEEN 10 AND 32`

/** `1E5`, in a file that does not tell numbers from texts. A point tells most numbers fast. */
const isCode = (value: string): string =>
  `CASE WHEN strlen(${value}) < 3 OR contains(${value}, '.') THEN FALSE ELSE regexp_matches(${value}, '[eE][0-9]') END`

const zoned = (value: string): string =>
  `(contains(${value}, '+') OR contains(${value}, 'Z') OR (strlen(${value}) > 16 AND contains(${value}[17:], '-')))`

export type InferredTypes = {
  readonly types: ReadonlyMap<string, string>
  /** Columns in which no row has a value. */
  readonly empty: readonly string[]
  readonly warnings: readonly string[]
}

type Looking = {
  ask(select: string): Promise<Readonly<Record<string, unknown>>>
  /** The file tells numbers from texts, as JSON does. */
  readonly numbersAreMarked?: true
}

/** Columns that one statement looks at. With more of them DuckDB's time grows with their square. */
const mostAtOnce = 150

/**
 * The types of columns, checked against every row. `from` is SQL of all rows of some columns as text; `guesses` holds what
 * the first rows suggest. A column without any value stays VARCHAR and is named in `empty`.
 */
export const inferTypes = async (
  guesses: ReadonlyMap<string, Guess | null>,
  from: (columns: readonly string[]) => string,
  { ask, numbersAreMarked }: Looking,
): Promise<InferredTypes> => {
  const types = new Map<string, string>()
  const empty: string[] = []
  const warnings: string[] = []
  let open = [...guesses].filter(([, guess]) => guess !== 'VARCHAR')
  for (const [column, guess] of guesses) if (guess === 'VARCHAR') types.set(column, guess)
  while (open.length > 0) {
    const now = open.splice(0, mostAtOnce)
    const questions = now.map(([name, guess], index) => question(name, guess, { index, codes: !numbersAreMarked }))
    const answers = await ask(`SELECT ${questions.join(', ')} FROM (${from(now.map(([name]) => name))})`)
    const next: [string, Guess | null][] = []
    for (const [index, [name, guess]] of now.entries()) {
      const judged = judge(guess, answers, index)
      if (!judged.done) next.push([name, judged.guess])
      else types.set(name, judged.type)
      if (judged.done && judged.empty) empty.push(name)
      if (judged.done && judged.digits)
        warnings.push(`Column ${name} holds numbers with more digits than DOUBLE keeps: read as ${judged.type}.`)
    }
    open = [...next, ...open]
  }
  return { types, empty, warnings }
}

/** For a guess: do all values fit? Without one: its smallest and greatest text, to guess from. */
const question = (
  name: string,
  guess: Guess | null,
  { index, codes }: { readonly index: number; readonly codes: boolean },
): string => {
  const column = identifier(name)
  if (guess === null) return `min(${column}) AS low${index}, max(${column}) AS high${index}`
  if (guess === 'DECIMAL') return decimalOf(column, index)
  const fit = guess === 'DOUBLE' && codes ? `${fits(column, guess)} AND NOT ${isCode(column)}` : fits(column, guess)
  const fitting = `bool_and(${fit}) FILTER (WHERE ${column} IS NOT NULL) AS fits${index}`
  return guess === 'DOUBLE' ? `${fitting}, bool_or(${hasManyDigits(column)}) AS digits${index}` : fitting
}

/** A DOUBLE keeps 15 digits of any number, and 17 of some. */
const hasManyDigits = (column: string): string => {
  const exact = `TRY_CAST(${column} AS DECIMAL(38, 18))`
  const kept = `TRY_CAST(CAST(TRY_CAST(${column} AS DOUBLE) AS VARCHAR) AS DECIMAL(38, 18))`
  const differs = `${kept} <> ${exact} OR (${exact} IS NULL AND NOT (${hasExponent(column)}))`
  return `CASE WHEN strlen(${column}) > 15 THEN coalesce(${differs}, FALSE) ELSE FALSE END`
}

const hasExponent = (column: string): string => `contains(${column}, 'e') OR contains(${column}, 'E')`

/** How many digits stand before the point and after it. */
const decimalOf = (column: string, index: number): string =>
  [
    `coalesce(bool_or(${hasExponent(column)}), FALSE) AS exponent${index}`,
    `max(strlen(split_part(trim(${column}), '.', 1))) AS whole${index}`,
    `max(strlen(split_part(trim(${column}), '.', 2))) AS places${index}`,
  ].join(', ')

type Judgement =
  | { readonly done: true; readonly type: string; readonly empty?: true; readonly digits?: true }
  | { readonly done: false; readonly guess: Guess }

const judge = (guess: Guess | null, answers: Readonly<Record<string, unknown>>, index: number): Judgement => {
  if (guess === null) {
    const ends = [answers[`low${index}`], answers[`high${index}`]].filter((end) => typeof end === 'string')
    const first = guessType(ends)
    if (first === null) return { done: true, type: 'VARCHAR', empty: true }
    return first === 'VARCHAR' ? { done: true, type: 'VARCHAR' } : { done: false, guess: first }
  }
  if (guess === 'DECIMAL') return { done: true, type: decimalType(answers, index), digits: true }
  if (answers[`fits${index}`] !== false) {
    const isRounded = guess === 'DOUBLE' && answers[`digits${index}`] === true
    return isRounded ? { done: false, guess: 'DECIMAL' } : { done: true, type: guess }
  }
  const next = wider[guess]
  return next === 'VARCHAR' ? { done: true, type: 'VARCHAR' } : { done: false, guess: next }
}

const decimalType = (answers: Readonly<Record<string, unknown>>, index: number): string => {
  const places = Number(answers[`places${index}`])
  const fitsDecimal = answers[`exponent${index}`] !== true && Number(answers[`whole${index}`]) + places <= 38
  return fitsDecimal ? `DECIMAL(38,${places})` : 'VARCHAR'
}
