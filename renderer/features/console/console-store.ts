import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { QueryNews } from '#core/model/block-look.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { sendPendingEdits } from '#renderer/stores/pending-edits.ts'
import { storedHistory, storeHistory, withAsked, type QueryHistory } from './query-history.ts'

export type Answer = Extract<QueryNews, { kind: 'rows' | 'done' }>

export type Asking =
  | { readonly state: 'idle' }
  /** `waiting`: why it has not begun, or null once it has. */
  | { readonly state: 'asked'; readonly since: number; readonly waiting: string | null }
  | { readonly state: 'answered'; readonly answer: Answer }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'stopped' }

export type ConsoleState = {
  /** Its reference. */
  readonly block: string
  readonly history: QueryHistory
  /** Texts that can be gone back to, and forward. */
  readonly past: readonly string[]
  readonly future: readonly string[]
  readonly limit: number
  readonly asking: Asking
}

const nothing: ConsoleState = {
  block: '',
  history: { text: '', asked: [] },
  past: [],
  future: [],
  limit: 500,
  asking: { state: 'idle' },
}

export const useConsole = create<ConsoleState>(() => nothing)

let stopAsking: AbortController | null = null

export const openConsole = (block: string): void => {
  const { limit } = useConsole.getState()
  useConsole.setState({ ...nothing, block, limit, history: storedHistory(block) })
}

export const stopQuery = (): void => stopAsking?.abort()

export const closeConsole = (): void => {
  stopQuery()
  useConsole.setState(nothing, true)
}

export const setLimit = (limit: number): void => useConsole.setState({ limit })

const keep = (history: QueryHistory): QueryHistory => {
  storeHistory(useConsole.getState().block, history)
  return history
}

const mostSteps = 200

export const writeSql = (text: string): void =>
  useConsole.setState(({ history, past }) => {
    if (history.text === text) return {}
    return { history: keep({ ...history, text }), past: [...past, history.text].slice(-mostSteps), future: [] }
  })

export const undoSql = (): void =>
  useConsole.setState(({ history, past, future }) => {
    const text = past.at(-1)
    if (text === undefined) return {}
    return { history: keep({ ...history, text }), past: past.slice(0, -1), future: [...future, history.text] }
  })

export const redoSql = (): void =>
  useConsole.setState(({ history, past, future }) => {
    const text = future.at(-1)
    if (text === undefined) return {}
    return { history: keep({ ...history, text }), past: [...past, history.text], future: future.slice(0, -1) }
  })

const heard = (news: QueryNews): Partial<ConsoleState> => {
  const { asking } = useConsole.getState()
  const since = asking.state === 'asked' ? asking.since : Date.now()
  switch (news.kind) {
    case 'waiting':
      return { asking: { state: 'asked', since, waiting: news.reason } }
    case 'running':
      return { asking: { state: 'asked', since: Date.now(), waiting: null } }
    case 'rows':
    case 'done':
      return { asking: { state: 'answered', answer: news } }
    default:
      return news satisfies never
  }
}

/** Asks what stands in the editor. Only one question at a time. */
export const runQuery = async (engine: Engine): Promise<void> => {
  sendPendingEdits()
  const { block, history, limit, asking } = useConsole.getState()
  const sql = history.text.trim()
  if (sql === '' || asking.state === 'asked') return
  const stop = new AbortController()
  stopAsking = stop
  useConsole.setState({
    history: keep(withAsked(history, sql, Date.now())),
    asking: { state: 'asked', since: Date.now(), waiting: null },
  })
  const isOurs = () => stopAsking === stop && useConsole.getState().block === block
  try {
    for await (const news of await engine.client.blocks.query({ block, sql, limit }, { signal: stop.signal }))
      if (isOurs() && !stop.signal.aborted) useConsole.setState(heard(news))
    if (isOurs() && stop.signal.aborted) useConsole.setState({ asking: { state: 'stopped' } })
  } catch (error) {
    if (!isOurs()) return
    useConsole.setState({
      asking: stop.signal.aborted ? { state: 'stopped' } : { state: 'failed', failure: failureOfCall(error) },
    })
  }
}
