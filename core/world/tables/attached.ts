import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AttachedDatabase } from '#core/kinds/task-context.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { Connection } from './duckdb.ts'
import { text } from './sql.ts'

/** The columns are matched by name, so their order may differ. */
type Insert = (input: TableHandle, insert: (select: string) => Promise<number>) => Promise<number>
type Transaction = <T>(work: () => Promise<T>) => Promise<T>

const name = 'attached'

/** A database file beside the in-memory one. Detached at once after use: while it is attached nobody else can open it. */
export const attachedDatabase = async <T>(
  connection: Connection,
  path: string,
  use: (database: AttachedDatabase) => Promise<T>,
  work: { insert: Insert; transaction: Transaction },
): Promise<T> => {
  await mkdir(dirname(path), { recursive: true })
  await connection.run(`ATTACH ${text(path)} AS ${name} (TYPE duckdb)`)
  try {
    return await use({
      name,
      run: async (sql) => {
        await connection.run(sql)
      },
      ask: async (sql) => (await connection.ask(sql)).rows,
      transaction: work.transaction,
      insert: (input, into) =>
        work.insert(
          input,
          async (select) => (await connection.run(`INSERT INTO ${into} BY NAME (${select})`)).rowsChanged,
        ),
    })
  } finally {
    await connection.cleanUp(`DETACH ${name}`)
  }
}
