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
import { appends, type RunStore } from './run-store.ts'
import { configRows, limitRows } from './settings.ts'
import { openWalSync } from './wal-sync.ts'

/** `close` lets go of what it opened beside the database; that stays its opener's to close. */
export const stateStore = (database: Database, fence: Fence): StateStore & RunStore & { close(): void } => {
  const sync = openWalSync(database.memory ? null : `${database.name}-wal`)
  const through = access(database, fence, sync)
  return {
    close: sync.close,
    ...appends(through),
    ...runReads(through),
    ...histories(through),
    ...documents(through),
    ...cache(through),
    blocks: blockRows(through),
    config: configRows(through),
    limits: limitRows(through),
    artifacts: artifactRows(through),
    profiles: profileRows(through),
    datasets: datasetRows(through),
    deletion: deletion(through),
    sizes: () => sizes(through),
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
