/** What may hold a semicolon that ends nothing: texts, names, comments to the end of a line. */
const whole = /(?<!\w)[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|(?<![\w$])(\$\w*\$)[\s\S]*?\1/y
const lineComment = /--[^\n]*/y
const space = /\s+/y

/** Where what begins at `at` ends; `at` itself when nothing of the kind begins there. */
const endOf = (pattern: RegExp, sql: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : at
}

/** Comments of this kind nest. */
const endOfComment = (sql: string, at: number): number => {
  if (!sql.startsWith('/*', at)) return endOf(lineComment, sql, at)
  let depth = 0
  for (let index = at; index < sql.length; index += 1) {
    if (sql.startsWith('/*', index)) depth += 1
    else if (sql.startsWith('*/', index)) depth -= 1
    else continue
    index += 1
    if (depth === 0) return index + 1
  }
  return sql.length
}

/** The statements of a text without their semicolons, and without what stands before and after them. */
export const splitStatements = (sql: string): readonly string[] => {
  const statements: string[] = []
  let from: number | null = null
  let to = 0
  for (let at = 0; at < sql.length;) {
    const next = Math.max(endOf(space, sql, at), endOfComment(sql, at))
    if (next > at) {
      at = next
      continue
    }
    if (sql[at] === ';') {
      if (from !== null) statements.push(sql.slice(from, to))
      from = null
      at += 1
      continue
    }
    from ??= at
    to = Math.max(at + 1, endOf(whole, sql, at))
    at = to
  }
  if (from !== null) statements.push(sql.slice(from, to))
  return statements
}

const shown = 40

/** How a statement begins, on one line: enough to find it again. */
export const firstWords = (statement: string): string => {
  const line = statement.replaceAll(/\s+/g, ' ')
  if (line.length <= shown) return line
  const end = line.lastIndexOf(' ', shown)
  return `${line.slice(0, end > shown / 2 ? end : shown)} …`
}

const asking: ReadonlySet<string> = new Set(
  'SELECT VALUES TABLE FROM SHOW DESCRIBE DESC EXPLAIN SUMMARIZE PIVOT UNPIVOT PRAGMA'.split(' '),
)
const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
const word = /[A-Za-z_]\w*/y

/** The words that stand in no parentheses, text, name or comment, in capitals. */
const outerWords = (statement: string): readonly string[] => {
  const words: string[] = []
  let depth = 0
  for (let at = 0; at < statement.length;) {
    const next = Math.max(endOf(space, statement, at), endOfComment(statement, at), endOf(whole, statement, at))
    if (next > at) {
      at = next
      continue
    }
    const end = endOf(word, statement, at)
    if (end > at && depth === 0) words.push(statement.slice(at, end).toUpperCase())
    if (statement[at] === '(') depth += 1
    if (statement[at] === ')') depth -= 1
    at = Math.max(end, at + 1)
  }
  return words
}

/** Whether a statement asks for rows, as its words tell: EXPLAIN ANALYZE of a change, or WITH before one, does not. */
export const givesRows = (statement: string): boolean => {
  if (statement.startsWith('(')) return true
  const [first, ...rest] = outerWords(statement)
  if (first === undefined || (first !== 'WITH' && !asking.has(first))) return false
  if (first !== 'WITH' && first !== 'EXPLAIN') return true
  return rest.every((each) => !changing.has(each)) || (first === 'EXPLAIN' && !rest.includes('ANALYZE'))
}
