import { textIn } from '#core/kinds/duckdb-answers.ts'
import type { ReadOptions } from '#core/kinds/read-options.ts'
import { guessType, inferTypes, type Guess } from './csv-types.ts'
import type { Connection, Row } from './duckdb.ts'
import type { Inferred } from './infer.ts'
import { groupSql, grouped, type Types } from './scan-sql.ts'
import type { JsonScan } from './scan.ts'
import { identifier } from './sql.ts'

/**
 * Types of JSON values. Numbers get the narrowest type that keeps them all; texts become dates and times where all are;
 * what is nested, or nested in some rows only, stays JSON text, so that nothing of it is lost.
 */
export const inferJson = async (
  connection: Connection,
  scans: readonly JsonScan[],
  open: readonly string[],
  options: ReadOptions,
): Promise<Inferred> => {
  const rows = (columns: readonly string[], type: string): string =>
    grouped(scans)
      .map((group) => {
        const types: Types = new Map(columns.map((name) => [name, type]))
        return `SELECT ${columns.map(identifier).join(', ')} FROM ${groupSql(group, options, types)}`
      })
      .join(' UNION ALL ')
  const ask = async (select: string): Promise<Row> => (await connection.ask(select)).rows[0] ?? {}
  const kinds = await kindsOf(open, rows(open, 'JSON'), ask)
  const fixed = new Map<string, string>()
  const guesses = new Map<string, Guess | null>()
  const texts = open.filter((name) => kinds.get(name) === 'text')
  const moments = await momentsOf(texts, rows, ask)
  for (const name of open) {
    const kind = kinds.get(name) ?? 'none'
    if (kind === 'number') guesses.set(name, 'BIGINT')
    else if (kind === 'text') guesses.set(name, moments.get(name) ?? 'VARCHAR')
    else fixed.set(name, kind === 'boolean' ? 'BOOLEAN' : kind === 'nested' ? 'JSON' : 'VARCHAR')
  }
  const inferred = await inferTypes(guesses, (columns) => rows(columns, 'VARCHAR'), { ask, numbersAreMarked: true })
  const mixed = open.filter((name) => kinds.get(name) === 'mixed')
  return {
    types: new Map([...fixed, ...inferred.types]),
    empty: open.filter((name) => kinds.get(name) === 'none'),
    warnings: [
      ...inferred.warnings,
      ...mixed.map((name) => `Column ${name} holds texts, numbers or true and false side by side: read as text.`),
    ],
  }
}

type Kind = 'none' | 'text' | 'number' | 'boolean' | 'nested' | 'mixed'
type Ask = (select: string) => Promise<Row>

const kindsOf = async (columns: readonly string[], from: string, ask: Ask): Promise<ReadonlyMap<string, Kind>> => {
  const questions = columns.map((name, index) => {
    const value = `CAST(${identifier(name)} AS VARCHAR)`
    return [
      `bool_or(starts_with(${value}, '"')) AS text${index}`,
      `bool_or(starts_with(${value}, '{') OR starts_with(${value}, '[')) AS nested${index}`,
      `bool_or(${value} = 'true' OR ${value} = 'false') AS boolean${index}`,
      `bool_or(${value} < ':' AND NOT starts_with(${value}, '"')) AS number${index}`,
    ].join(', ')
  })
  const row = await ask(`SELECT ${questions.join(', ')} FROM (${from})`)
  return new Map(
    columns.map((name, index) => {
      const found = (['text', 'nested', 'boolean', 'number'] as const).filter((kind) => row[`${kind}${index}`] === true)
      const [first] = found
      if (first === undefined) return [name, 'none']
      if (found.includes('nested')) return [name, 'nested']
      return [name, found.length > 1 ? 'mixed' : first]
    }),
  )
}

/** Texts whose smallest and greatest are dates or times may all be; a number in quotes stays text. */
const momentsOf = async (
  texts: readonly string[],
  rows: (columns: readonly string[], type: string) => string,
  ask: Ask,
): Promise<ReadonlyMap<string, Guess>> => {
  if (texts.length === 0) return new Map()
  const ends = texts.map(
    (name, index) => `min(${identifier(name)}) AS low${index}, max(${identifier(name)}) AS high${index}`,
  )
  const row = await ask(`SELECT ${ends.join(', ')} FROM (${rows(texts, 'VARCHAR')})`)
  return new Map(
    texts.flatMap((name, index): [string, Guess][] => {
      const guess = guessType([textIn(row, `low${index}`), textIn(row, `high${index}`)])
      return guess !== null && isMoment.test(guess) ? [[name, guess]] : []
    }),
  )
}

const isMoment = /^(DATE|TIME)/
