import { create } from 'zustand'
import type { LogQueryOfScreen } from '#core/model/log-page.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { lookAtLine, reveal, seenRows, useLogPlace } from './log-place.ts'
import { lineAt, useLog } from './log-store.ts'

export type FindState = {
  readonly text: string
  /** How many lines hold it, and what part of the log was looked at. */
  readonly count: number
  readonly done: number
  /** Which of the matches is shown, from 0. */
  readonly at: number | null
}

const nothing: FindState = { text: '', count: 0, done: 1, at: null }

export const useFind = create<FindState>(() => nothing)

/** The numbers of the lines that match, in order. */
let matches: number[] = []

/** Looks for a text in all lines that fit, and in those that come. The answer ends it. */
export const findText = (engine: Engine, query: LogQueryOfScreen, text: string): (() => void) => {
  matches = []
  useFind.setState({ ...nothing, text, done: text === '' ? 1 : 0 })
  if (text === '') return () => undefined
  return engine.follow(
    (client, signal) => client.runs.findInLog({ ...query, find: text }, { signal }),
    ({ seqs, count, done }) => {
      for (const seq of seqs) matches.push(seq)
      useFind.setState({ count, done })
      if (done === 1 && useFind.getState().at === null && matches.length > 0) void goToMatch(engine, nearest())
    },
  )
}

/** The first match from what is in view on; while the end is followed the last of all. */
const nearest = (): number => {
  const { following, first } = useLogPlace.getState()
  const line = lineAt(Math.floor(first))
  if (following || !line) return matches.length - 1
  const index = matches.findIndex((seq) => seq >= line.seq)
  return index < 0 ? matches.length - 1 : index
}

const goToMatch = async (engine: Engine, at: number): Promise<void> => {
  const { query, total } = useLog.getState()
  const seq = matches[at]
  if (!query || seq === undefined) return
  useFind.setState({ at })
  const { offset } = await engine.client.runs.logOffset({ ...query, seq })
  if (useFind.getState().at !== at || useLog.getState().query !== query) return
  lookAtLine(offset)
  useLogPlace.setState(({ first, following }) => ({
    following: false,
    first: following ? Math.max(0, (total ?? 0) - seenRows()) : first,
  }))
  reveal(offset, { middle: true })
}

/** The next match, or the one before; round at the ends. */
export const stepMatch = (engine: Engine, step: 1 | -1): void => {
  const { at } = useFind.getState()
  if (matches.length === 0) return
  void goToMatch(engine, at === null ? nearest() : (at + step + matches.length) % matches.length)
}
