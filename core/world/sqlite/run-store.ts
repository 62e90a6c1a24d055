import type { Batch, Change, EngineStore } from '#core/engine/ports.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunEvent } from '#core/model/run-event.ts'
import type { CacheEntry, Recorded } from '#core/model/store.ts'
import type { Access } from './access.ts'
import { recordings } from './artifacts.ts'
import { insertedValues, insertFlowRun, updatedValues, updateFlowRun } from './flow-run-row.ts'
import { putTaskRun, taskRunValues } from './task-run-row.ts'

/**
 * What the engine needs of the store. With a batch go the cache entries that become valid, and what jobs recorded: all of
 * it in one transaction. The document of a created flow run must be stored before.
 */
export type RunStore = Pick<EngineStore, 'load'> & {
  /** Durable when it returns. */
  append(batch: Batch, cache?: readonly CacheEntry[], recorded?: readonly Recorded[]): void
  /** Durable once the promise resolves. */
  appendSoon(batch: Batch, cache?: readonly CacheEntry[], recorded?: readonly Recorded[]): Promise<void>
}

type TaskRunChange = Extract<Change, { kind: 'task-run' }>

/** The one hot path of the state: all that a tick decided becomes durable in one transaction, or nothing of it. */
export const appends = (access: Access): Pick<RunStore, 'append' | 'appendSoon'> => {
  const { prepare, write, writeSoon } = access
  const record = recordings(access)
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

  const putOne = (flowRun: string, { run }: TaskRunChange) => {
    put.run(...taskRunValues(flowRun, run))
    if (run.cache?.outcome === 'hit' && run.cache.from) addUse.run(run.cache.from.flowRun, flowRun)
  }

  const writeBatch = ({ created, decisions }: Batch) => {
    const last = lastChanges(decisions)
    const fresh = new Set(created.map(({ id }) => id))
    for (const run of created) create({ ...run, ...last.flowRuns.get(run.id) })
    for (const [flowRun, { number, events }] of eventsByRun(decisions))
      addEvents.run(flowRun, number, JSON.stringify(events))
    for (const [flowRun, change] of last.flowRuns)
      if (!fresh.has(flowRun)) update.run(...updatedValues(flowRun, change))
    for (const { flowRun, change } of last.taskRuns.values()) putOne(flowRun, change)
  }

  const writeAll =
    (batch: Batch, cache: readonly CacheEntry[] = [], recorded: readonly Recorded[] = []) =>
    (): void => {
      writeBatch(batch)
      for (const { key, flowRun, taskRun, createdAt, expiresAt } of cache)
        putCache.run(key, flowRun, taskRun, createdAt, expiresAt)
      record(recorded)
    }

  return {
    append: (...all) => write(writeAll(...all)),
    appendSoon: (...all) => writeSoon(writeAll(...all)),
  }
}

/** Numbers of one flow run's events follow on one another within a batch. */
const eventsByRun = (decisions: Batch['decisions']) => {
  const byRun = new Map<string, { readonly number: number; readonly events: RunEvent[] }>()
  for (const { flowRun, number, event } of decisions) {
    const found = byRun.get(flowRun)
    if (found) found.events.push(event)
    else byRun.set(flowRun, { number, events: [event] })
  }
  return byRun
}

type FlowRunChange = Extract<Change, { kind: 'flow-run' }>

/** A tick may change one thing more than once; only the last of it is worth a write. */
const lastChanges = (decisions: Batch['decisions']) => {
  const flowRuns = new Map<string, FlowRunChange>()
  const taskRuns = new Map<string, { readonly flowRun: string; readonly change: TaskRunChange }>()
  for (const { flowRun, changes } of decisions) {
    for (const change of changes) {
      if (change.kind === 'flow-run') flowRuns.set(flowRun, change)
      else taskRuns.set(`${flowRun}/${change.run.key}`, { flowRun, change })
    }
  }
  return { flowRuns, taskRuns }
}
