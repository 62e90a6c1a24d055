import { splitStatements } from '#core/kinds/sql-statements.ts'
import { Refused } from '#core/model/failure.ts'

/** The only statement of a text: what stood behind a semicolon would run outside of what surrounds it. */
export const oneStatement = (sql: string): string => {
  const [statement, ...more] = splitStatements(sql)
  if (statement !== undefined && more.length === 0) return statement
  throw new Refused({
    code: 'invalid',
    message:
      statement === undefined
        ? 'The query is empty. Write one SELECT.'
        : 'These are several statements; a query is one. For statements that change something use database.execute.',
  })
}
