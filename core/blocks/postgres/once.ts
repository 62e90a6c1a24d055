import { Refused } from '#core/model/failure.ts'
import { withSession, type Session } from './client.ts'
import { lockName, openRecords, recordsTable, type Recorded, type Records } from './records.ts'
import { PostgresRefused } from './refusals.ts'
import type { PostgresTarget } from './target.ts'

export type Once = {
  readonly loadId: string
  /** Where it is recorded. */
  readonly schema: string
  /** Whether it may go on without a record where none can be kept. */
  readonly unrecorded: boolean
  readonly signal: AbortSignal
  /** Within the transaction. */
  work(session: Session): Promise<Recorded>
}

export type Done = { readonly recorded: Recorded; readonly repeated: boolean }

/** One transaction: what the work changes and the record of it are there together or not at all, and once for each load id. */
export const doOnce = async (target: PostgresTarget, once: Once): Promise<Done> => {
  let records: Records | null = null
  try {
    return await withSession(target, once.signal, async (session) => {
      records = await openRecords(session, once.schema)
      if (records === null && !once.unrecorded) throw refuseUnrecorded(once.schema)
      return inTransaction(session, once, records)
    })
  } catch (error) {
    if (!(error instanceof LostAtCommit)) throw error
    if (records === null) throw error.cause
    return afterLoss(target, once, { records, cause: error.cause })
  }
}

/** The connection was lost while the server was told to commit: it may have, or not. */
class LostAtCommit extends Error {}

const inTransaction = async (
  session: Session,
  { loadId, signal, work }: Once,
  records: Records | null,
): Promise<Done> => {
  await session.run('BEGIN')
  try {
    await lockName(session, loadId)
    const earlier = (await records?.find(session, loadId)) ?? null
    if (earlier !== null) {
      await session.run('ROLLBACK')
      return { recorded: earlier, repeated: true }
    }
    const recorded = await work(session)
    await records?.add(session, loadId, recorded)
    if (signal.aborted) throw new Refused({ code: 'cancelled', message: 'Stopped before it was committed.' })
    await commit(session)
    return { recorded, repeated: false }
  } catch (error) {
    if (!(error instanceof LostAtCommit)) await session.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const commit = async (session: Session): Promise<void> => {
  try {
    await session.run('COMMIT')
  } catch (cause) {
    throw cause instanceof PostgresRefused && cause.isLost ? new LostAtCommit('Lost at COMMIT.', { cause }) : cause
  }
}

type Loss = { readonly records: Records; readonly cause: unknown }

/** Whether it did commit shows in the records, once the server has ended what the lost connection was doing. */
const afterLoss = async (target: PostgresTarget, { loadId, signal }: Once, { records, cause }: Loss): Promise<Done> => {
  const recorded = await withSession(target, signal, async (session) => {
    await session.run('BEGIN')
    await lockName(session, loadId)
    const found = await records.find(session, loadId)
    await session.run('ROLLBACK')
    return found
  }).catch(() => {
    throw refuseUnknown(cause)
  })
  if (recorded === null) throw cause
  return { recorded, repeated: false }
}

const refuseUnknown = (cause: unknown): Refused =>
  new Refused(
    {
      code: 'unavailable',
      retryable: true,
      message:
        'The connection was lost while the changes were committed, and the server cannot be asked whether they were. ' +
        'The next try finds out, and changes nothing twice.',
    },
    { cause },
  )

const refuseUnrecorded = (schema: string): Refused =>
  new Refused({
    code: 'denied',
    message:
      `What is loaded is recorded in “${schema}.${recordsTable}”, so that another try does not double it, and there is no right to make or use that table. ` +
      `Ask for the right to create tables in “${schema}”, or use the mode replace or merge, which need no record.`,
  })
