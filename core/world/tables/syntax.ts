import { textIn } from '#core/kinds/duckdb-answers.ts'
import { closest } from '#core/model/did-you-mean.ts'
import type { Connection } from './duckdb.ts'
import { rowFunctions } from './functions.ts'
import { text } from './sql.ts'

/** A part of DuckDB's syntax tree of a SELECT, as its JSON says it. */
export type Node = Readonly<Record<string, unknown>>

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export type Syntax =
  | { readonly kind: 'select'; readonly node: Node }
  /** It is no SQL; `at` counts characters. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly at: number }
  /** It is SQL, but not one SELECT. */
  | { readonly kind: 'other' }

export const syntaxOf = async (connection: Connection, sql: string): Promise<Syntax> => {
  if (sql.includes('\0')) return { kind: 'unreadable', why: 'it holds a NUL character', at: sql.indexOf('\0') }
  const { rows } = await connection.ask(
    `SELECT json_serialize_sql(${text(sql)}, skip_null := true, skip_empty := true, skip_default := true)::VARCHAR AS tree`,
  )
  const tree: unknown = JSON.parse(textIn(rows[0], 'tree'))
  if (!isNode(tree)) return { kind: 'other' }
  if (tree['error'] === true) {
    if (tree['error_type'] !== 'parser') return { kind: 'other' }
    return { kind: 'unreadable', why: firstLine(tree['error_message']), at: Number(tree['position'] ?? 0) }
  }
  const [statement, second] = listOf(tree['statements'])
  const node: unknown = isNode(statement) && second === undefined ? statement['node'] : null
  return isNode(node) ? { kind: 'select', node } : { kind: 'other' }
}

/** Without the settings that DuckDB proposes to change: they are locked. */
const firstLine = (message: unknown): string =>
  String(message)
    .split('\n')[0]
    ?.replace(/\. Use "SET .*/, '')
    .replace(/\.$/, '') ?? ''

const placeholder = 'holds a placeholder ($1 or ?). Write the value, or use {{ … }}.'

const classes = new Set([
  'COMPARISON', 'CONJUNCTION', 'CONSTANT', 'COLUMN_REF', 'FUNCTION', 'CAST', 'CASE', 'BETWEEN', 'OPERATOR', 'COLLATE', 'LAMBDA', 'LAMBDA_REF', 'WINDOW',
]) // prettier-ignore

/** What is wrong with an expression in itself, without what is in it; null when nothing is. Only classes given here are known. */
export const expressionFault = (node: Node, further: ReadonlySet<string>): string | null => {
  const kind = String(node['class'])
  if (kind === 'PARAMETER') return placeholder
  if (!classes.has(kind) && !further.has(kind)) return `holds something that is not allowed here (${kind}).`
  const name = functionName(node)
  if (name === null || rowFunctions.has(name)) return null
  const meant = closest(name, rowFunctions)
  return (
    `uses ${name}(), which is none of the functions that work on rows alone.` +
    (meant === null ? '' : ` Did you mean ${meant}()?`)
  )
}

export const functionName = (node: Node): string | null => {
  const name = node['function_name']
  return typeof name === 'string' ? name.toLowerCase() : null
}

/** The first fault there is. */
export const firstFault = <T>(items: readonly T[], fault: (item: T) => string | null): string | null => {
  for (const item of items) {
    const found = fault(item)
    if (found !== null) return found
  }
  return null
}
