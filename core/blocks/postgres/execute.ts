import type { ExecuteRequest, ExecuteResult } from '#core/kinds/capabilities.ts'
import { firstWords, splitStatements } from '#core/kinds/sql-statements.ts'
import { Refused } from '#core/model/failure.ts'
import { withSession, type Answer, type Session } from './client.ts'
import { doOnce } from './once.ts'
import type { PostgresTarget } from './target.ts'

/** All statements in one transaction. */
export const executeStatements = async (
  target: PostgresTarget,
  { sql, loadId, signal }: ExecuteRequest,
): Promise<ExecuteResult> => {
  const statements = splitStatements(sql)
  refuseTransactions(statements)
  if (loadId === null) {
    return withSession(target, signal, async (session) => {
      await session.run('BEGIN')
      const done = await runAll(session, statements)
      await session.run('COMMIT')
      return { statements: done, repeated: false }
    })
  }
  const { recorded, repeated } = await doOnce(target, {
    loadId,
    schema: target.schema,
    unrecorded: false,
    signal,
    work: async (session) => ({
      table: null,
      rows: null,
      updated: null,
      statements: await runAll(session, statements),
    }),
  })
  return { statements: recorded.statements ?? [], repeated }
}

const runAll = async (session: Session, statements: readonly string[]): Promise<ExecuteResult['statements']> => {
  const done: ExecuteResult['statements'][number][] = []
  for (const statement of statements) {
    try {
      done.push(...(await session.run(statement)).map(toldBy))
    } catch (error) {
      throw statements.length > 1 && error instanceof Refused ? atStatement(error, statement, done.length + 1) : error
    }
  }
  return done
}

const toldBy = ({ command, rowCount }: Answer): ExecuteResult['statements'][number] => ({
  command,
  rows: changing.has(command) ? rowCount : null,
})

const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY', 'SELECT'])

const atStatement = (error: Refused, statement: string, number: number): Refused =>
  new Refused(
    { ...error.failure, message: `Statement ${number} (${firstWords(statement)}): ${error.failure.message}` },
    { cause: error },
  )

const ends = /^(BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|PREPARE\s+TRANSACTION)\b/i

/** They would end the transaction that makes all of it happen once; back to a savepoint is fine. */
const refuseTransactions = (statements: readonly string[]): void => {
  const found = statements.find(
    (statement) => ends.test(statement) && !/^ROLLBACK\s+(WORK\s+|TRANSACTION\s+)?TO\b/i.test(statement),
  )
  if (found === undefined) return
  throw new Refused({
    code: 'invalid',
    message: `“${firstWords(found)}” begins or ends a transaction: all statements of the task are one transaction already. Leave it out.`,
  })
}
