import type { Batch, EngineStore } from '#core/engine/ports.ts'
import type { CacheEntry, Recorded } from '#core/model/store.ts'
import { recordings } from './artifacts.ts'
import { entryOf } from './journal-entry.ts'
import type { Journal } from './journal.ts'

/**
 * What the engine needs of the store. With a batch go the cache entries that become valid, and what jobs recorded: all of
 * it becomes durable, or nothing. The document of a created flow run must be stored before.
 */
export type RunStore = Pick<EngineStore, 'load'> & {
  /** Durable when it returns. */
  append(batch: Batch, cache?: readonly CacheEntry[], recorded?: readonly Recorded[]): void
  /**
   * The same through the journal where that can be: then it is durable once the promise resolves. One at a time. What jobs
   * recorded never goes through the journal.
   */
  appendSoon(batch: Batch, cache?: readonly CacheEntry[], recorded?: readonly Recorded[]): Promise<void> | undefined
}

/** The one hot path of the state. */
export const appends = (journal: Journal): Pick<RunStore, 'append' | 'appendSoon'> => {
  const record = recordings(journal.settled)
  const append: RunStore['append'] = (batch, cache = [], recorded = []) =>
    journal.putAtOnce(entryOf(batch, cache), () => record(recorded))
  return {
    append,
    appendSoon: (batch, cache = [], recorded = []) => {
      const soon = recorded.length === 0 ? journal.append(entryOf(batch, cache)) : null
      if (soon) return soon
      append(batch, cache, recorded)
      return undefined
    },
  }
}
