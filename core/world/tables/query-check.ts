import { firstWords, splitStatements } from '#core/kinds/sql-statements.ts'
import { closest } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { Connection } from './duckdb.ts'
import { tableFunctions } from './functions.ts'
import { identifier } from './sql.ts'
import { expressionFault, firstFault, functionName, isNode, listOf, syntaxOf, type Node } from './syntax.ts'

/**
 * A query that a person writes must reach nothing but the tables it is given: it runs in a DuckDB that may read files. So
 * its syntax tree is looked at before it is used. Everything in the tree must be of a kind that is known here: tables are
 * those given or named by the query's own WITH, functions in place of tables are few, and all other functions work on
 * their arguments alone. What is unknown is refused.
 */
export const checkedQuery = async (
  connection: Connection,
  tables: readonly string[],
  query: string,
): Promise<string> => {
  const [statement, second] = splitStatements(query)
  const refuse = (why: string) => new Refused({ code: 'invalid', message: `The query ${why}` })
  if (statement === undefined) throw refuse('is empty. Write a SELECT over the tables coming in.')
  if (second !== undefined) throw refuse(`is more than one statement (“${firstWords(second)}”). ${oneSelect}`)
  const wrapped = within(statement)
  const syntax = await syntaxOf(connection, wrapped)
  const isQuery = /^(\(|(with|select|from|values|table|pivot|unpivot|summarize|describe)\b)/i.test(statement)
  if (syntax.kind === 'other' || !isQuery) throw refuse(`(“${firstWords(statement)}”) ${notRows(statement)}`)
  if (syntax.kind === 'unreadable') {
    const line = lineAt(query, statement, syntax.at)
    const why = syntax.at < wrapped.length - 1 ? syntax.why : 'it ends before it is complete'
    throw refuse(`cannot be read as SQL (line ${line}): ${why}.${hyphenHint(tables, statement)}`)
  }
  const fault = faultIn(syntax.node, new Set(tables.map(folded)), tables)
  if (fault !== null) throw refuse(fault)
  return wrapped
}

/** The line end closes a comment at the end. */
const within = (statement: string): string => `(\n${statement}\n)`

/** The line of the query at a place of its statement in brackets. */
const lineAt = (query: string, statement: string, at: number): number => {
  const before = query.slice(0, query.indexOf(statement)).split('\n').length
  // The bracket before it has a line of its own.
  const after = statement.slice(0, Math.max(0, at - 2)).split('\n').length
  return before + after - 1
}

const oneSelect = 'Write one SELECT, which may begin with WITH.'
const notRows = (statement: string): string =>
  /\bpivot\b/i.test(statement)
    ? 'does not say the values that PIVOT makes columns of: PIVOT … ON column IN (…).'
    : `gives no rows of the tables coming in. ${oneSelect}`

const hyphenHint = (tables: readonly string[], statement: string): string => {
  const hyphened = tables.find((name) => name.includes('-') && statement.includes(name))
  return hyphened === undefined ? '' : ` A name with a hyphen is written in double quotes: ${identifier(hyphened)}.`
}

/** Names that can be seen at a place, folded. */
type Scope = ReadonlySet<string>

/** Identifiers ignore case. */
const folded = (name: string): string => name.toLowerCase()

const expressions = new Set(['SUBQUERY', 'STAR', 'POSITIONAL_REFERENCE'])

/** Parts of a query that are no expressions. Types of values and columns are looked at by `UNBOUND_TYPE_INFO` and its like. */
const parts = new Set([
  'SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'JOIN', 'SUBQUERY', 'EMPTY', 'EXPRESSION_LIST', 'PIVOT',
  'LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'ORDER_MODIFIER', 'DISTINCT_MODIFIER', 'ORDER_DEFAULT', 'ASCENDING', 'DESCENDING',
]) // prettier-ignore
const typeParts = /^[A-Z_]+_TYPE_INFO$/

const faultIn = (value: unknown, scope: Scope, tables: readonly string[]): string | null => {
  const look = (part: unknown, seen: Scope): string | null => {
    if (Array.isArray(part)) return firstFault(part, (item) => look(item, seen))
    if (!isNode(part)) return null
    return ownFault(part, seen) ?? faultBelow(part, seen)
  }

  const ownFault = (node: Node, seen: Scope): string | null => {
    if (typeof node['class'] === 'string') return expressionFault(node, expressions)
    const type = node['type']
    if (typeof type !== 'string' || parts.has(type) || typeParts.test(type)) return null
    if (type === 'BASE_TABLE') return tableFault(node, seen, tables)
    if (type === 'TABLE_FUNCTION') return tableFunctionFault(node)
    // DESCRIBE and SUMMARIZE of a query; SHOW TABLES and the like have none.
    if (type === 'SHOW_REF' && isNode(node['query'])) return null
    return type === 'SHOW_REF' ? notRows('SHOW') : `holds something that is not allowed here (${type}).`
  }

  const faultBelow = (node: Node, seen: Scope): string | null => {
    const { cte_map: named, ...rest } = node
    const { fault, inside } = withNamed(named, seen)
    if (fault !== null) return fault
    const own = typeof node['cte_name'] === 'string' ? new Set([...inside, folded(node['cte_name'])]) : inside
    return firstFault(Object.entries(rest), ([key, part]) => {
      // The function of a table function was looked at there; what is in it is yet to be.
      if (key === 'function' && node['type'] === 'TABLE_FUNCTION') return isNode(part) ? faultBelow(part, seen) : null
      return look(part, key === 'right' && node['type'] === 'RECURSIVE_CTE_NODE' ? own : inside)
    })
  }

  /** Each query of a WITH sees those before it; only what is recursive sees itself, in its second half. */
  const withNamed = (named: unknown, seen: Scope): { fault: string | null; inside: Scope } => {
    let inside = seen
    for (const entry of listOf(isNode(named) ? named['map'] : null)) {
      const name = isNode(entry) ? String(entry['key']) : ''
      const fault = nameFault(name) ?? look(isNode(entry) ? entry['value'] : null, inside)
      if (fault !== null) return { fault, inside }
      inside = new Set([...inside, folded(name)])
    }
    return { fault: null, inside }
  }

  return look(value, scope)
}

/** A name that DuckDB could take for a file, should it ever see another scope than we do. */
const nameFault = (name: string): string | null =>
  /[./\\:?*]/.test(name) ? `calls a part of it “${name}”. Use a name without . / \\ : ? and *.` : null

const tableFault = (node: Node, scope: Scope, tables: readonly string[]): string | null => {
  const name = String(node['table_name'])
  const there = tables.length === 0 ? 'none' : tables.map(written).join(', ')
  if (node['schema_name'] !== undefined || node['catalog_name'] !== undefined) {
    const whole = [node['catalog_name'], node['schema_name'], name]
      .flatMap((part) => part ?? [])
      .map(String)
      .join('.')
    return `reads “${whole}”. Only the tables coming in can be read: ${there}.`
  }
  if (node['at_clause'] !== undefined) return 'holds something that is not allowed here (AT).'
  if (scope.has(folded(name))) return null
  const meant = closest(name, scope)
  const hint = meant === null ? '' : ` Did you mean ${written(tables.find((one) => folded(one) === meant) ?? meant)}?`
  return `reads “${name}”, which is no table coming in. There ${tables.length === 1 ? 'is' : 'are'}: ${there}.${hint}`
}

const tableFunctionFault = ({ function: called }: Node): string | null => {
  const name = isNode(called) ? functionName(called) : null
  if (name !== null && tableFunctions.has(name)) return null
  return `reads rows from ${name}(), which is not allowed here. Files are read by a task of their own (table.read), databases by database.query.`
}

/** A name as it is written in SQL. */
const written = (name: string): string => (/^[a-z_][a-z0-9_]*$/i.test(name) ? name : identifier(name))
