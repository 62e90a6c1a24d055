import type { ExecuteRequest, ExecuteResult } from '#core/kinds/capabilities.ts'
import type { DatabaseFile } from '#core/kinds/task-context.ts'
import { loadRecord } from './load-record.ts'

/** One transaction: what the statements change and the record of them are there together or not at all. */
export const executeOnce = (database: DatabaseFile, request: ExecuteRequest): Promise<ExecuteResult> =>
  database.transaction(async () => {
    const { sql, loadId, tables } = request
    if (loadId === null) return { statements: await database.execute(sql), repeated: false }
    const record = await loadRecord(database, 'main._millrace_loads', tables.sql)
    const earlier = await record.find(loadId)
    if (earlier?.kind === 'statements') return { statements: earlier.statements, repeated: true }
    const statements = await database.execute(sql)
    await record.add(loadId, { kind: 'statements', statements })
    return { statements, repeated: false }
  })
