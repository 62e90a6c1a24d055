import type { LogEntry, LogLevel, LogLine } from './log-line.ts'

export type LogQuery = {
  readonly flowRun: string
  /** Absent: all of the run. Null: the lines of the flow run itself. */
  readonly taskRun?: string | null
  readonly minimumLevel?: LogLevel
  /** Part of the message, in any case. */
  readonly text?: string
  /** Lines with a greater seq only. */
  readonly after?: number
  /** Lines with a smaller seq only. */
  readonly before?: number
  /** The last lines that fit instead of the first. They come in the order of seq all the same. */
  readonly fromEnd?: boolean
  readonly limit?: number
  /** Leaves out this many of the first lines that fit. */
  readonly offset?: number
  /** This many lines of the same run or task run around each match of `text`. */
  readonly context?: number
}

/** Most that is kept of one task run's log; what follows is not kept, and one line says so. */
export type LogCap = { readonly lines: number; readonly bytes: number }

export const defaultLogCap: LogCap = { lines: 5_000_000, bytes: 200 * 1024 ** 2 }

/** Lines that were stored: which seqs, of which flow runs. */
export type LogsAppended = { readonly first: number; readonly last: number; readonly flowRuns: ReadonlySet<string> }

export type LogStore = {
  /**
   * Takes lines in; they are stored within 50 ms. A disk that is full, or a log that is damaged, never throws here: what
   * could not be kept is counted, and a line says how many once there is room.
   */
  write(entries: readonly LogEntry[]): void
  /** Stores what was taken in, now. */
  flush(): void
  onAppend(listener: (appended: LogsAppended) => void): () => void
  /** Lines in the order of seq. Includes what was written just before. */
  lines(query: LogQuery): readonly LogLine[]
  /** The numbers of the lines whose message holds `text`, in order. */
  matches(query: LogQuery): readonly number[]
  count(query: Omit<LogQuery, 'limit' | 'offset' | 'fromEnd' | 'context'>): number
  /** Lines as they are stored, from `after` on, until the signal aborts. */
  follow(
    query: Pick<LogQuery, 'flowRun' | 'taskRun' | 'minimumLevel' | 'text' | 'after'>,
    signal: AbortSignal,
  ): AsyncIterable<readonly LogLine[]>
  /** The seq of the newest line of the home; 0 when there is none. */
  lastSeq(): number
  /** Frees the lines of a flow run, in slices, so that others get their turn. */
  delete(flowRun: string): Promise<void>
  /** Bytes of the database. */
  size(): number
}
