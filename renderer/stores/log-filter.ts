import { create } from 'zustand'
import type { LogLevel } from '#core/model/log-line.ts'
import { showTab } from './panels.ts'

/** Which lines of a run's log are shown. */
export type LogFilter = {
  /** Null for all. */
  readonly level: LogLevel | null
  /** A task run by its key, the task that is selected, or all. */
  readonly task: { readonly of: 'all' } | { readonly of: 'selected' } | { readonly of: 'run'; readonly key: string }
}

export const useLogFilter = create<LogFilter>(() => ({ level: null, task: { of: 'all' } }))

export const setLogFilter = (filter: Partial<LogFilter>): void => useLogFilter.setState(filter)

/** Opens the log at what a task run wrote. */
export const showLinesOf = (key: string): void => {
  setLogFilter({ task: { of: 'run', key } })
  showTab('logs')
}
