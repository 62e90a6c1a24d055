import { GoogleError } from './errors.ts'
import { duckType } from './field-types.ts'
import { tokensOf, type Token } from './tokens.ts'

export type TableReference = { readonly projectId: string; readonly datasetId: string; readonly tableId: string }

export type Statement = {
  readonly type: string
  /** For DuckDB. */
  readonly sql: string
  /** Of its names that may be tables: as they are written, split at the points. */
  readonly tables: readonly (readonly string[])[]
  /** The words in it, small: columns that it names are among them. */
  readonly words: ReadonlySet<string>
  /** What a CREATE TABLE says of partitions and clusters. */
  readonly layout: { readonly partition: string | null; readonly cluster: readonly string[] }
}

/** The statements of a text in GoogleSQL, as DuckDB understands them: as much as flows use. */
export const translate = (sql: string, parameters: ReadonlyMap<string, string> = new Map()): readonly Statement[] => {
  const statements: Token[][] = [[]]
  for (const token of tokensOf(sql).map((one) => withValue(one, parameters))) {
    if (token.kind === 'symbol' && token.text === ';') statements.push([])
    else if (token.kind !== 'space') statements.at(-1)?.push(token)
  }
  return statements.filter((tokens) => tokens.length > 0).map(statementOf)
}

/** A parameter becomes what stands for it in DuckDB's SQL. */
const withValue = (token: Token, parameters: ReadonlyMap<string, string>): Token => {
  if (token.kind !== 'parameter') return token
  const name = token.text.slice(1)
  const text = parameters.get(name)
  if (text === undefined) throw new GoogleError(400, 'invalidQuery', `Query parameter '${name}' not found`)
  return { kind: 'symbol', text }
}

const is = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && words.includes(token.text.toUpperCase())

const statementOf = (tokens: readonly Token[]): Statement => {
  const type = typeOf(tokens)
  const { rest, layout } = type.startsWith('CREATE_TABLE') ? withoutLayout(tokens) : { rest: tokens, layout: noLayout }
  const words = new Set(
    tokens.filter(({ kind }) => kind === 'word' || kind === 'name').map(({ text }) => text.toLowerCase()),
  )
  if (tokens.some((token, index) => is(token, '*') && !is(tokens[index - 1], '(') && !isNumber(tokens[index - 1])))
    words.add('*')
  return { type, sql: translated(withInto(rest)), tables: tablesIn(rest), words, layout }
}

const isNumber = (token: Token | undefined): boolean => token?.kind === 'number' || token?.text === ')'

const noLayout: Statement['layout'] = { partition: null, cluster: [] }

const typeOf = (tokens: readonly Token[]): string => {
  const words = tokens.slice(0, 4).map(({ text }) => text.toUpperCase())
  const [first = ''] = words
  if (first === '(' || first === 'WITH') return 'SELECT'
  if (first !== 'CREATE' && first !== 'DROP' && first !== 'ALTER') {
    return { BEGIN: 'BEGIN_TRANSACTION', COMMIT: 'COMMIT_TRANSACTION', TRUNCATE: 'TRUNCATE_TABLE' }[first] ?? first
  }
  const what = words.find((word) => ['TABLE', 'SCHEMA', 'VIEW'].includes(word)) ?? 'TABLE'
  const isQuery = first === 'CREATE' && what === 'TABLE' && tokens.some((token) => is(token, 'SELECT'))
  return isQuery ? 'CREATE_TABLE_AS_SELECT' : `${first}_${what}`
}

/** `INTO` and `FROM` may be left out in GoogleSQL. */
const withInto = (tokens: readonly Token[]): readonly Token[] => {
  const [first, second] = tokens
  const word = is(first, 'INSERT', 'MERGE') ? 'INTO' : is(first, 'DELETE') ? 'FROM' : null
  return first === undefined || word === null || is(second, word)
    ? tokens
    : [first, { kind: 'word', text: word }, ...tokens.slice(1)]
}

/** PARTITION BY, CLUSTER BY and OPTIONS stand between a table's columns and its query. */
const withoutLayout = (tokens: readonly Token[]): { rest: readonly Token[]; layout: Statement['layout'] } => {
  let depth = 0
  const outside = tokens.map((token) => {
    if (is(token, ')')) depth -= 1
    const isOutside = depth === 0
    if (is(token, '(')) depth += 1
    return isOutside
  })
  const find = (word: string, from = 0) =>
    tokens.findIndex((token, index) => index >= from && outside[index] && is(token, word))
  const query = find('AS')
  const end = query === -1 ? tokens.length : query
  const starts = ['PARTITION', 'CLUSTER', 'OPTIONS'].map((word) => find(word)).filter((at) => at !== -1 && at < end)
  const start = Math.min(end, ...starts)
  const between = (word: string): readonly Token[] => {
    const at = find(word)
    if (at === -1 || at >= end) return []
    return tokens.slice(at + 2, Math.min(end, ...starts.filter((other) => other > at)))
  }
  const partition = between('PARTITION')
    .map(({ text }) => text)
    .join('')
  const cluster = between('CLUSTER')
    .filter(({ kind }) => kind === 'word' || kind === 'name')
    .map(({ text }) => text)
  return { rest: [...tokens.slice(0, start), ...tokens.slice(end)], layout: { partition: partition || null, cluster } }
}

const beforeTables = ['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'USING', 'EXISTS', 'SCHEMA', 'VIEW'] as const

const tablesIn = (tokens: readonly Token[]): readonly (readonly string[])[] => {
  const defined = new Set(
    tokens.flatMap((token, index) => (is(tokens[index + 1], 'AS') && is(tokens[index + 2], '(') ? [token.text] : [])),
  )
  return tokens.flatMap((token, index) => {
    if (!is(token, ...beforeTables)) return []
    const parts: string[] = []
    for (let at = index + 1; ; at += 2) {
      const part = tokens[at]
      if (
        part === undefined ||
        (part.kind !== 'word' && part.kind !== 'name') ||
        is(part, 'IF', 'SELECT', 'NOT', 'SET', 'UNNEST')
      )
        break
      parts.push(...part.text.split('.'))
      if (!is(tokens[at + 1], '.')) break
    }
    return parts.length === 0 || (parts.length === 1 && defined.has(parts[0] ?? '')) ? [] : [parts]
  })
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
const identifier = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')

const functions: Readonly<Record<string, string>> = {
  SAFE_CAST: 'TRY_CAST',
  COUNTIF: 'count_if',
  CURRENT_TIMESTAMP: 'get_current_timestamp',
  GENERATE_ARRAY: 'generate_series',
  PARSE_JSON: 'json',
  TO_JSON_STRING: 'to_json',
  FROM_BASE64: 'from_base64',
  ST_GEOGFROMTEXT: 'st_geogfromtext',
}

const typeNames = new Set([
  'INT64',
  'FLOAT64',
  'STRING',
  'BYTES',
  'BOOL',
  'NUMERIC',
  'BIGNUMERIC',
  'DATETIME',
  'TIMESTAMP',
  'GEOGRAPHY',
])

/** Where a name is one of a type and not of a column. */
const isType = (tokens: readonly Token[], at: number): boolean => {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]]
  if (token?.kind !== 'word' || !typeNames.has(token.text.toUpperCase()) || is(before, '.')) return false
  if (after?.kind === 'text' || is(before, 'AS', '<')) return true
  return (
    (before?.kind === 'word' || before?.kind === 'name') &&
    is(after, ',', ')', '>', 'NOT', 'OPTIONS') &&
    !is(before, 'SELECT', 'BY', 'ON', 'AND', 'OR')
  )
}

const translated = (tokens: readonly Token[]): string => {
  const out: string[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token
    const nested = is(token, 'ARRAY', 'STRUCT') && is(tokens[at + 1], '<') ? nestedType(tokens, at) : null
    if (nested) {
      out.push(nested.sql)
      at = nested.end - 1
    } else if (is(token, 'DATE_TRUNC', 'TIMESTAMP_TRUNC', 'DATETIME_TRUNC')) {
      const call = truncation(tokens, at)
      out.push(call.sql)
      at = call.end
    } else if (is(token, 'STRUCT') && is(tokens[at + 1], '(')) {
      const call = struct(tokens, at)
      out.push(call.sql)
      at = call.end
    } else if (is(token, 'UNNEST') && is(tokens[at - 1], 'IN')) {
      const { given, end } = argumentsOf(tokens, at)
      out.push(`(SELECT unnest(${translated(given[0] ?? [])}))`)
      at = end
    } else if (is(token, 'INSERT') && is(tokens[at + 1], 'ROW')) {
      out.push('INSERT *')
      at += 1
    } else if (is(token, 'EXCEPT') && is(tokens[at - 1], '*')) out.push('EXCLUDE')
    else out.push(one(tokens, at))
  }
  return out
    .map((part, index) => (index === 0 || part === '.' || out[index - 1] === '.' ? part : ` ${part}`))
    .join('')
    .replaceAll(/(\bFROM|\bJOIN|,) *UNNEST *(\(.*?\)) AS (\w+)/gi, '$1 UNNEST $2 AS unnested($3)')
}

const one = (tokens: readonly Token[], at: number): string => {
  const token = tokens[at] as Token
  switch (token.kind) {
    case 'text':
      return quote(token.text)
    case 'bytes':
      return `unhex(${quote(Buffer.from(token.text, 'latin1').toString('hex'))})`
    case 'number':
      // A number with a point is a FLOAT64.
      return token.text.includes('.') && !/e/i.test(token.text) ? `${token.text}e0` : token.text
    case 'name':
      return identifier(token.text)
    case 'word': {
      const upper = token.text.toUpperCase()
      if (isType(tokens, at)) return duckType({ name: '', type: upper })
      return is(tokens[at + 1], '(') ? (functions[upper] ?? token.text) : token.text
    }
    default:
      return token.text
  }
}

/** `ARRAY<STRUCT<a INT64>>` as `STRUCT(a BIGINT)[]`; `end` is what follows. */
const nestedType = (tokens: readonly Token[], at: number): { readonly sql: string; readonly end: number } => {
  const token = tokens[at] as Token
  if (!is(token, 'ARRAY', 'STRUCT')) return { sql: duckType({ name: '', type: token.text.toUpperCase() }), end: at + 1 }
  if (is(token, 'ARRAY')) {
    const item = nestedType(tokens, at + 2)
    return { sql: `${item.sql}[]`, end: item.end + 1 }
  }
  const fields: string[] = []
  let next = at + 2
  while (next < tokens.length) {
    const field = nestedType(tokens, next + 1)
    fields.push(`${identifier((tokens[next] as Token).text)} ${field.sql}`)
    next = field.end + 1
    if (!is(tokens[field.end], ',')) break
  }
  return { sql: `STRUCT(${fields.join(', ')})`, end: next }
}

type Call = { readonly sql: string; readonly end: number }

/** The arguments of a call, and where its closing bracket is. */
const argumentsOf = (
  tokens: readonly Token[],
  at: number,
): { readonly given: readonly (readonly Token[])[]; readonly end: number } => {
  const given: Token[][] = [[]]
  let depth = 0
  let end = at + 1
  for (; end < tokens.length; end += 1) {
    const token = tokens[end] as Token
    if (is(token, ')')) depth -= 1
    if (depth === 0 && end > at + 1) break
    if (depth === 1 && is(token, ',')) given.push([])
    else if (depth > 0) given.at(-1)?.push(token)
    if (is(token, '(')) depth += 1
  }
  return { given, end }
}

/** `DATE_TRUNC(x, MONTH)` */
const truncation = (tokens: readonly Token[], at: number): Call => {
  const { given, end } = argumentsOf(tokens, at)
  const [value = [], part = []] = given
  return { sql: `date_trunc(${quote(part[0]?.text ?? '')}, ${translated(value)})`, end }
}

/** `STRUCT(1 AS x)` */
const struct = (tokens: readonly Token[], at: number): Call => {
  const { given, end } = argumentsOf(tokens, at)
  const fields = given.map((field, index) => {
    const isNamed = is(field.at(-2), 'AS')
    const name = isNamed ? (field.at(-1)?.text ?? '') : `_field_${index + 1}`
    return `${identifier(name)} := ${translated(isNamed ? field.slice(0, -2) : field)}`
  })
  return { sql: `struct_pack(${fields.join(', ')})`, end }
}
