import { setTimeout as wait } from 'node:timers/promises'
import type { LogLine } from '#core/model/log-line.ts'
import type { LogMatches, LogPage, LogQueryOfScreen } from '#core/model/log-page.ts'
import type { LogStore } from '#core/model/log-store.ts'
import type { StateStore } from '#core/model/store.ts'
import { findMatches } from './find-matches.ts'
import { logRows, type LogRows, type RowsQuery } from './log-rows.ts'
import { createWake } from './wake.ts'

export type LogPagesWorld = {
  readonly store: Pick<StateStore, 'findFlowRun'>
  readonly logs: Pick<LogStore, 'lines' | 'count' | 'matches' | 'onAppend' | 'lastSeq'>
}

export type LogPages = {
  /** Lines from an offset, or the last ones, and how many there are in all. */
  page(query: LogQueryOfScreen, place: { offset: number | null; limit: number }): Promise<LogPage>
  /** The last lines and how many there are, each time there are more. */
  watch(query: LogQueryOfScreen, signal: AbortSignal): AsyncIterable<LogPage>
  /** Where a text stands among the lines that fit: first in what there is, then in what comes. */
  find(query: LogQueryOfScreen, text: string, signal: AbortSignal): AsyncIterable<LogMatches>
  offset(query: LogQueryOfScreen, seq: number): Promise<{ readonly offset: number }>
}

/** Lines of the tail that are told at once: more than a screen shows. */
const tailLength = 120

/** Milliseconds between two tellings: a screen draws no more often. */
const pace = 33

export const createLogPages = (world: LogPagesWorld): LogPages => {
  const { store, logs } = world
  const rowsFor = logRows(logs)
  const whereOf = (query: LogQueryOfScreen): RowsQuery => ({
    flowRun: store.findFlowRun(query.flowRun).id,
    ...(query.taskRun !== undefined && { taskRun: query.taskRun }),
    ...(query.minimumLevel !== undefined && { minimumLevel: query.minimumLevel }),
    ...(query.search !== undefined && query.search !== '' && { text: query.search }),
  })
  return {
    page: async (query, { offset, limit }) => {
      const where = whereOf(query)
      const rows = rowsFor(where)
      const total = await rows.total()
      const first = offset ?? Math.max(0, total - limit)
      if (offset === null) return { total, offset: first, lines: logs.lines({ ...where, limit, fromEnd: true }) }
      const { after, skip } = await rows.before(first)
      return { total, offset: first, lines: logs.lines({ ...where, after, offset: skip, limit }) }
    },
    watch: (query, signal) => {
      const where = whereOf(query)
      return watchTail(logs, { where, rows: rowsFor(where) }, signal)
    },
    find: (query, text, signal) => findMatches(logs, { ...whereOf({ ...query, search: undefined }), text }, signal),
    offset: async (query, seq) => ({ offset: await rowsFor(whereOf(query)).rowOf(seq) }),
  }
}

type Watched = { readonly where: RowsQuery; readonly rows: LogRows }

/** Each time only what is new is looked at; the tail is remembered. */
async function* watchTail(
  logs: LogPagesWorld['logs'],
  { where, rows }: Watched,
  signal: AbortSignal,
): AsyncGenerator<LogPage> {
  const wake = createWake(signal)
  const stop = logs.onAppend(({ flowRuns }) => flowRuns.has(where.flowRun) && wake.call())
  let tail: readonly LogLine[] = []
  let after = 0
  let told = -1
  try {
    for (; !signal.aborted; await wake.next()) {
      const total = await rows.total()
      const fresh = logs.lines({ ...where, after, fromEnd: true, limit: tailLength })
      after = logs.lastSeq()
      tail = [...tail, ...fresh].slice(-tailLength)
      if (total !== told) yield { total, offset: total - tail.length, lines: tail }
      told = total
      await wait(pace, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    stop()
  }
}
