import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { LogLine } from '#core/model/log-line.ts'
import type { LogPage, LogQueryOfScreen } from '#core/model/log-page.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { blockSize, type Span } from './line-window.ts'

export type LogState = {
  readonly query: LogQueryOfScreen | null
  /** Null until it is known. */
  readonly total: number | null
  /** Grows when lines come or go. */
  readonly revision: number
  readonly failure: Failure | null
}

const nothing: LogState = { query: null, total: null, revision: 0, failure: null }

/** The log that is shown. */
export const useLog = create<LogState>(() => nothing)

/** Lines by their row in the log as filtered; only those near what was looked at. Changed in place: many come a second. */
const lines = new Map<number, LogLine>()

export const lineAt = (row: number): LogLine | undefined => lines.get(row)

/** Lines kept beyond what is seen; scrolling back over them asks for nothing. */
const mostLines = 20_000

const asked = new Set<number>()

const take = ({ total, offset, lines: found }: LogPage): void => {
  if (lines.size > mostLines) lines.clear()
  for (const [index, line] of found.entries()) lines.set(offset + index, line)
  useLog.setState((state) => ({
    total: Math.max(total, state.total ?? 0),
    revision: state.revision + 1,
    failure: null,
  }))
}

/** Shows a log and follows its end, drawn once a frame. The answer ends that. */
export const openLog = (engine: Engine, query: LogQueryOfScreen): (() => void) => {
  useLog.setState({ ...nothing, query }, true)
  asked.clear()
  lines.clear()
  let frame = 0
  let last: LogPage | null = null
  const flush = () => {
    frame = 0
    if (last) take(last)
  }
  const stop = engine.follow(
    (client, signal) => client.runs.watchLogs(query, { signal }),
    (page) => {
      last = page
      frame ||= requestAnimationFrame(flush)
    },
    (failure) => useLog.setState({ failure }),
  )
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}

/** Asks for the lines of these rows that are not here. */
export const wantRows = (engine: Engine, { first, count }: Span): void => {
  const missing = new Set<number>()
  for (let row = first; row < first + count; row += 1) if (!lines.has(row)) missing.add(Math.floor(row / blockSize))
  for (const block of missing) void readBlock(engine, block)
}

const readBlock = async (engine: Engine, block: number): Promise<void> => {
  const { query, total } = useLog.getState()
  const offset = block * blockSize
  if (!query || offset >= (total ?? 0) || asked.has(block)) return
  asked.add(block)
  try {
    const page = await engine.client.runs.logPage({ ...query, offset, limit: blockSize })
    if (useLog.getState().query === query) take(page)
  } catch (error) {
    useLog.setState({ failure: failureOfCall(error) })
  } finally {
    asked.delete(block)
  }
}

/** Every line that fits, in order, from `from` for at most `most`; no more once `signal` says so. */
export async function* allLines(
  engine: Engine,
  { from, most, signal }: { from: number; most: number; signal: AbortSignal },
): AsyncGenerator<readonly LogLine[]> {
  const { query } = useLog.getState()
  const pageSize = 2000
  for (let row = from; query && row < from + most && !signal.aborted; row += pageSize) {
    const limit = Math.min(pageSize, from + most - row)
    const page = await engine.client.runs.logPage({ ...query, offset: row, limit }, { signal })
    if (page.lines.length > 0) yield page.lines
    if (page.lines.length < limit) return
  }
}
