import { textIn } from '#core/kinds/duckdb-answers.ts'
import { Refused } from '#core/model/failure.ts'
import type { Connection } from './duckdb.ts'
import { text } from './sql.ts'

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
  const { rows } = await connection.ask(
    `SELECT json_serialize_sql(${text(`SELECT ${trimmed}\n`)}, skip_null := true, skip_empty := true, skip_default := true)::VARCHAR AS tree`,
  )
  const tree: unknown = JSON.parse(textIn(rows[0], 'tree'))
  const item = onlyItem(tree)
  if (typeof item === 'string') throw refuse(item)
  const fault = faultIn(item)
  if (fault !== null) throw refuse(fault)
  return trimmed
}

type Node = Readonly<Record<string, unknown>>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const oneExpression =
  'is not one SQL expression. Write a condition or a calculation over the columns, without SELECT, semicolon or comma.'
const plainSelect = new Set(['type', 'select_list', 'from_table', 'aggregate_handling'])

/** The item of `SELECT item`, or what is wrong. */
const onlyItem = (tree: unknown): Node | string => {
  if (!isNode(tree)) return oneExpression
  if (tree['error'] === true) {
    return tree['error_type'] === 'parser'
      ? `cannot be read as SQL: ${firstLine(tree['error_message'])}.`
      : oneExpression
  }
  const statements = tree['statements']
  const [statement, second] = listOf(statements)
  const node: unknown = isNode(statement) && second === undefined ? statement['node'] : null
  if (!isNode(node) || node['type'] !== 'SELECT_NODE' || Object.keys(node).some((key) => !plainSelect.has(key)))
    return oneExpression
  const from = node['from_table']
  const [item, another] = listOf(node['select_list'])
  const alone =
    isNode(from) && from['type'] === 'EMPTY' && another === undefined && isNode(item) && item['alias'] === undefined
  return alone ? item : oneExpression
}

const firstLine = (message: unknown): string => String(message).split('\n')[0]?.replace(/\.$/, '') ?? ''

const classes = new Set([
  'COMPARISON', 'CONJUNCTION', 'CONSTANT', 'COLUMN_REF', 'FUNCTION', 'CAST', 'CASE', 'BETWEEN', 'OPERATOR', 'COLLATE', 'LAMBDA', 'LAMBDA_REF', 'WINDOW',
]) // prettier-ignore

/** What reads or changes the session, waits, or takes SQL as text. */
export const refusedFunctions = new Set([
  'current_setting', 'getvariable', 'getenv', 'nextval', 'currval', 'setseed', 'write_log', 'sleep_ms', 'pg_sleep', 'current_query',
  'json_serialize_plan', 'json_serialize_sql', 'json_deserialize_sql', 'parse_duckdb_log_message', 'query', 'query_table', 'stats',
  'get_block_size', 'current_query_id', 'current_connection_id', 'current_transaction_id', 'txid_current', 'error', 'in_search_path',
]) // prettier-ignore

const faultIn = (value: unknown): string | null => {
  if (Array.isArray(value)) return value.map(faultIn).find((fault) => fault !== null) ?? null
  if (!isNode(value)) return null
  const kind = value['class']
  if (kind === 'SUBQUERY')
    return 'holds a SELECT. Only the columns of the row can be used here; join or look up in a step of its own.'
  if (kind === 'STAR') return 'names all columns at once (*). Name the columns.'
  if (kind === 'PARAMETER') return 'holds a placeholder ($1 or ?). Write the value, or use {{ … }}.'
  if (typeof kind === 'string' && !classes.has(kind)) return oneExpression
  const name = typeof value['function_name'] === 'string' ? value['function_name'].toLowerCase() : ''
  if (refusedFunctions.has(name)) return `uses ${name}(), which reaches beyond the row and is not allowed here.`
  return (
    Object.values(value)
      .map(faultIn)
      .find((fault) => fault !== null) ?? null
  )
}

const clip = (expression: string): string => (expression.length > 120 ? `${expression.slice(0, 120)}…` : expression)
