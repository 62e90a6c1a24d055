import type { LogLevel, LogLine } from './log-line.ts'

/** Which lines of a flow run a screen shows. `search` is part of the message, in any case. */
export type LogQueryOfScreen = {
  readonly flowRun: string
  readonly taskRun?: string | undefined
  readonly minimumLevel?: LogLevel | undefined
  readonly search?: string | undefined
}

/** Numbers of lines that hold a text, in order; only those found since the news before. */
export type LogMatches = {
  readonly seqs: readonly number[]
  /** All found so far; more than were told when there are very many. */
  readonly count: number
  /** What part of the log was looked at, from 0 to 1. */
  readonly done: number
}

/** `offset` is how many lines that fit come before the first of `lines`; `total` how many fit in all. */
export type LogPage = { readonly total: number; readonly offset: number; readonly lines: readonly LogLine[] }
