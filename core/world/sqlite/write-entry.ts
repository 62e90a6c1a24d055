import type { FlowRun } from '#core/model/flow-run.ts'
import type { Access } from './access.ts'
import { insertedValues, insertFlowRun, updatedValues, updateFlowRun } from './flow-run-row.ts'
import type { ChangedTaskRun, JournalEntry } from './journal-entry.ts'
import { putTaskRun, taskRunValues } from './task-run-row.ts'

/** Puts what was decided into the tables, within a transaction. */
export const writesEntries = ({ prepare }: Pick<Access, 'prepare'>): ((entry: JournalEntry) => void) => {
  const insert = prepare(insertFlowRun)
  const addTag = prepare('insert or ignore into flow_run_tags values (?, ?, ?)')
  const addUse = prepare('insert or ignore into result_uses values (?, ?)')
  const update = prepare(updateFlowRun)
  const addEvents = prepare('insert into event_batches values (?, ?, ?)')
  const put = prepare(putTaskRun)
  const putCache = prepare('insert or replace into cache values (?, ?, ?, ?, ?)')

  const create = (run: FlowRun) => {
    insert.run(...insertedValues(run))
    for (const tag of run.tags) addTag.run(tag, run.createdAt, run.id)
    if (run.selection?.reuse) addUse.run(run.selection.reuse, run.id)
  }
  const putOne = ({ flowRun, run }: ChangedTaskRun) => {
    put.run(...taskRunValues(flowRun, run))
    if (run.cache?.outcome === 'hit' && run.cache.from) addUse.run(run.cache.from.flowRun, flowRun)
  }

  return ({ created, events, flowRuns, taskRuns, cache }) => {
    for (const run of created) create(run)
    for (const { flowRun, number, events: its } of events) addEvents.run(flowRun, number, `[${its.join(',')}]`)
    for (const run of flowRuns) update.run(...updatedValues(run.id, run))
    for (const one of taskRuns) putOne(one)
    for (const { key, flowRun, taskRun, createdAt, expiresAt } of cache)
      putCache.run(key, flowRun, taskRun, createdAt, expiresAt)
  }
}
