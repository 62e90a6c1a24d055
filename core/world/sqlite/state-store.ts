import type { StateStore, StoreSizes } from '#core/model/store.ts'
import { access, type Access, type Fence } from './access.ts'
import { artifactRows, datasetRows, profileRows } from './artifacts.ts'
import { blockRows } from './blocks.ts'
import { cache } from './cache.ts'
import type { Database } from './database.ts'
import { deletion } from './deletion.ts'
import { documents } from './documents.ts'
import { histories } from './history.ts'
import { integer } from './row.ts'
import { runReads } from './run-reads.ts'
import { openJournal, type Journal } from './journal.ts'
import { appends, type RunStore } from './run-store.ts'
import { configRows, limitRows } from './settings.ts'

/** `close` puts what is left into its tables; the database stays its opener's to close. */
export const stateStore = (
  database: Database,
  fence: Fence,
  journalFile: string | null = null,
): StateStore & RunStore & { close(): void } => {
  const direct = access(database, fence)
  const journal = openJournal(direct, journalFile)
  const through = journal.settled
  return {
    close: journal.close,
    ...appends(journal),
    ...runReads(through),
    ...latestRuns(journal, runReads(direct)),
    ...histories(through),
    ...documents(direct),
    ...cache(through),
    blocks: blockRows(direct),
    config: configRows(direct),
    limits: limitRows(direct),
    artifacts: artifactRows(through),
    profiles: profileRows(through),
    datasets: datasetRows(through),
    deletion: deletion(through),
    sizes: () => sizes(through),
  }
}

/** The engine asks for these after every submission: they do not wait for the tables to have what is in the journal. */
const latestRuns = (
  journal: Journal,
  stored: Pick<StateStore, 'flowRun' | 'flowRunBySubmissionKey'>,
): Pick<StateStore, 'flowRun' | 'flowRunBySubmissionKey'> => {
  const flowRun = (id: string) => journal.flowRun(id, () => stored.flowRun(id))
  return {
    flowRun,
    flowRunBySubmissionKey: (key) => {
      const known = journal.createdBy(key) ?? stored.flowRunBySubmissionKey(key)
      return known && flowRun(known.id)
    },
  }
}

const sizes = ({ prepare, read }: Access): StoreSizes =>
  read(() => {
    const row = prepare(`select
      (select count(*) from flow_runs) flow_runs,
      (select count(*) from task_runs) task_runs,
      (select count(*) from events) events,
      (select coalesce(sum(result_bytes), 0) from flow_runs) results,
      (select page_count * page_size from pragma_page_count(), pragma_page_size()) state`).get()
    if (row === undefined) throw new Error('Counting gave no row')
    return {
      flowRuns: integer(row, 'flow_runs'),
      taskRuns: integer(row, 'task_runs'),
      events: integer(row, 'events'),
      results: integer(row, 'results'),
      state: integer(row, 'state'),
    }
  })
