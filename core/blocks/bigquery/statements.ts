/** What may hold a semicolon that ends nothing in GoogleSQL: texts of all kinds, names in backticks, comments. */
const whole =
  /[rRbB]{0,2}(?:'''[^]*?'''|"""[^]*?"""|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*")|`(?:\\[^]|[^`\\])+`|--[^\n]*|#[^\n]*|\/\*[^]*?\*\//y

/** The statements of a text in GoogleSQL, without their semicolons and without comments around them. */
export const splitGoogleStatements = (sql: string): readonly string[] => {
  const statements: string[] = []
  let from = 0
  for (let at = 0; at <= sql.length;) {
    whole.lastIndex = at
    if (whole.test(sql)) {
      at = whole.lastIndex
      continue
    }
    if (at === sql.length || sql[at] === ';') {
      statements.push(
        sql
          .slice(from, at)
          .replace(/^(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/, '')
          .trimEnd(),
      )
      from = at + 1
    }
    at += 1
  }
  return statements.filter((statement) => statement !== '')
}

const firstWord = (statement: string): string => /^\(*\s*([A-Za-z]+)/.exec(statement)?.[1]?.toUpperCase() ?? ''

/** They can be undone together; what makes or drops tables cannot. */
const undone = new Set(['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE'])

export type Script = { readonly sql: string; readonly isAtomic: boolean }

/** Several statements as one transaction, where BigQuery has such for them. */
export const scriptOf = (sql: string): Script => {
  const statements = splitGoogleStatements(sql)
  if (statements.length < 2) return { sql, isAtomic: true }
  if (!statements.every((statement) => undone.has(firstWord(statement))))
    return { sql, isAtomic: firstWord(sql) === 'BEGIN' }
  return { sql: `BEGIN TRANSACTION;\n${statements.join(';\n')};\nCOMMIT TRANSACTION;`, isAtomic: true }
}
