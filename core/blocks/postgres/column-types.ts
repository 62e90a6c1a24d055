/** How a column of the rows goes to PostgreSQL: as what type, and as what DuckDB hands it over. */
export type Passage = {
  /** The type of a column that is made for it. */
  readonly type: string
  /** SQL over the quoted column that makes what is handed over, and the DuckDB type of it; null: as it is. */
  readonly convert: { readonly sql: (column: string) => string; readonly type: string } | null
}

const direct: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric(20,0)',
  HUGEINT: 'numeric(39,0)',
  UHUGEINT: 'numeric(39,0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIME: 'time',
  'TIME WITH TIME ZONE': 'timetz',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  INTERVAL: 'interval',
  UUID: 'uuid',
  VARCHAR: 'text',
  BLOB: 'bytea',
  // Not jsonb, which keeps neither the order of keys nor a key that comes twice.
  JSON: 'json',
}

const itself = (type: string): Passage => ({ type, convert: null })

const asText: Passage = {
  type: 'text',
  convert: { sql: (column) => `CAST(${column} AS VARCHAR)`, type: 'VARCHAR' },
}

const asJson: Passage = {
  type: 'jsonb',
  convert: { sql: (column) => `CAST(to_json(${column}) AS JSON)`, type: 'JSON' },
}

const isNested = (type: string): boolean => /^(STRUCT|MAP|UNION|VARIANT)\b/.test(type)

export const passageOf = (type: string): Passage => {
  const known = direct[type]
  if (known !== undefined) return itself(known)
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal) return itself(`numeric(${decimal[1]},${decimal[2]})`)
  const list = /^(.*?)((?:\[\d*\])+)$/s.exec(type)
  if (list) return listPassage(list[1] ?? '', list[2] ?? '')
  if (isNested(type)) return asJson
  return asText
}

/** Lists of what PostgreSQL has arrays of; others as JSON. A list of a fixed length is handed over as one of any. */
const listPassage = (item: string, brackets: string): Passage => {
  if (isNested(item)) return asJson
  const { type, convert } = passageOf(item)
  const depth = brackets.replaceAll(/\d/g, '')
  const target = `${type}${depth}`
  const list = `${convert?.type ?? item}${depth}`
  if (convert === null && depth === brackets) return itself(target)
  return { type: target, convert: { sql: (column) => `CAST(${column} AS ${list})`, type: list } }
}
