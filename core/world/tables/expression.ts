import { Refused } from '#core/model/failure.ts'
import type { Connection } from './duckdb.ts'
import { expressionFault, firstFault, isNode, listOf, syntaxOf, type Node, type Syntax } from './syntax.ts'

/**
 * SQL that a person writes into a setting must stay one expression over the columns of a row: it runs in a DuckDB that
 * may read files. So its syntax tree is looked at before it is used: one SELECT item and nothing else, no subquery (the
 * only way to a file, a table or a table function), no placeholder, and no function that reaches beyond its arguments.
 */
export const checkedExpression = async (connection: Connection, expression: string): Promise<string> => {
  const trimmed = expression.trim()
  const refuse = (why: string) => new Refused({ code: 'invalid', message: `“${clip(trimmed)}” ${why}` })
  if (trimmed === '') throw refuse('is empty. Write a condition or an expression over the columns.')
  // The line end closes a comment at the end.
  const item = onlyItem(await syntaxOf(connection, `SELECT ${trimmed}\n`))
  if (typeof item === 'string') throw refuse(item)
  const fault = faultIn(item)
  if (fault !== null) throw refuse(fault)
  return trimmed
}

const oneExpression =
  'is not one SQL expression. Write a condition or a calculation over the columns, without SELECT, semicolon or comma.'
const plainSelect = new Set(['type', 'select_list', 'from_table', 'aggregate_handling'])

/** The item of `SELECT item`, or what is wrong. */
const onlyItem = (syntax: Syntax): Node | string => {
  if (syntax.kind === 'unreadable') return `cannot be read as SQL: ${syntax.why}.`
  if (syntax.kind === 'other') return oneExpression
  const { node } = syntax
  if (node['type'] !== 'SELECT_NODE' || Object.keys(node).some((key) => !plainSelect.has(key))) return oneExpression
  const from = node['from_table']
  const [item, another] = listOf(node['select_list'])
  const alone =
    isNode(from) && from['type'] === 'EMPTY' && another === undefined && isNode(item) && item['alias'] === undefined
  return alone ? item : oneExpression
}

const nothingElse: ReadonlySet<string> = new Set()

const faultIn = (value: unknown): string | null => {
  if (Array.isArray(value)) return firstFault(value, faultIn)
  if (!isNode(value)) return null
  const kind = value['class']
  if (kind === 'SUBQUERY')
    return 'holds a SELECT. Only the columns of the row can be used here; join or look up in a step of its own.'
  if (kind === 'STAR') return 'names all columns at once (*). Name the columns.'
  const fault = typeof kind === 'string' ? expressionFault(value, nothingElse) : null
  return fault ?? firstFault(Object.values(value), faultIn)
}

const clip = (expression: string): string => (expression.length > 120 ? `${expression.slice(0, 120)}…` : expression)
