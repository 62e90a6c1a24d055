/** Python's level numbers, which Prefect uses too. */
export const logLevels = { debug: 10, info: 20, warning: 30, error: 40, critical: 50 } as const
export type LogLevel = keyof typeof logLevels

/** A line as it is made, before the store numbers it. `taskRun` is the key in the flow run, or null for the flow run itself. */
export type LogEntry = {
  readonly flowRun: string
  readonly taskRun: string | null
  readonly at: number
  readonly level: LogLevel
  readonly message: string
}

/** `seq` grows by one a line within a home, without gaps. */
export type LogLine = LogEntry & { readonly seq: number }

/** Lines longer than this many bytes are cut, and say so. */
export const longestLine = 64 * 1024
