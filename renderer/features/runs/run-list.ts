import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { RunOrder } from '#core/model/run-page.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { everything, isNews, spanOf, type RunFilter } from './run-filter.ts'

export type RunSort = { readonly by: RunOrder; readonly descending: boolean }

export type RunListState = {
  readonly filter: RunFilter
  readonly sort: RunSort
  /** How many fit. Null until it is known. */
  readonly total: number | null
  /** By row; only those near what was looked at. */
  readonly rows: ReadonlyMap<number, FlowRun>
  /** Runs that fit and came since the list was read: they wait until they are asked for, so that nothing moves. */
  readonly newer: ReadonlySet<string>
  readonly failure: Failure | null
}

const unread = { total: null, rows: new Map<number, FlowRun>(), newer: new Set<string>() }

export const useRunList = create<RunListState>(() => ({
  filter: everything,
  sort: { by: 'created', descending: true },
  ...unread,
  failure: null,
}))

/** Rows are read in blocks of this many. */
const blockSize = 100
const mostRows = 4000

/** Each reading of the list from the start; answers to an earlier one are dropped. */
let reading = 0
/** What the first page said was the newest run: later ones do not push the others down. */
let until: number | null = null
let isFirst = true
const asked = new Set<number>()

const requestOf = ({ filter, sort }: RunListState, offset: number) => {
  const { since, before } = spanOf(filter, Date.now())
  const end = [before, until].filter((time) => time !== null)
  return {
    states: [...filter.states],
    topLevel: !filter.subflows,
    sort: sort.by,
    descending: sort.descending,
    offset,
    limit: blockSize,
    ...(filter.flow !== '' && { flow: filter.flow }),
    ...(filter.tag !== '' && { tag: filter.tag }),
    ...(filter.text !== '' && { text: filter.text }),
    ...(since !== null && { since }),
    ...(end.length > 0 && { until: Math.min(...end) }),
  }
}

const readBlock = async (engine: Engine, block: number): Promise<void> => {
  const mine = reading
  if (asked.has(block)) return
  asked.add(block)
  try {
    const page = await engine.client.runs.page(requestOf(useRunList.getState(), block * blockSize))
    if (mine === reading) take(page.runs, page)
  } catch (error) {
    if (mine === reading) useRunList.setState({ failure: failureOfCall(error) })
  } finally {
    if (mine === reading) asked.delete(block)
  }
}

const take = (runs: readonly FlowRun[], { offset, total }: { offset: number; total: number }): void =>
  useRunList.setState(({ rows, sort }) => {
    const [first] = runs
    if (offset === 0 && first && sort.by === 'created' && sort.descending) until ??= first.createdAt + 1
    const near = ([row]: readonly [number, FlowRun]) => Math.abs(row - offset) < mostRows / 4
    const next = new Map(offset === 0 && isFirst ? [] : rows.size > mostRows ? [...rows].filter(near) : rows)
    isFirst = false
    for (const [index, run] of runs.entries()) next.set(offset + index, run)
    return { rows: next, total, failure: null }
  })

/** Reads the list from its start; what is there stays until the answer comes. */
export const readRuns = (engine: Engine): Promise<void> => {
  reading += 1
  until = null
  isFirst = true
  asked.clear()
  useRunList.setState({ newer: new Set() })
  return readBlock(engine, 0)
}

/** Asks for the rows from one to another that are not here. */
export const wantRows = (engine: Engine, from: number, to: number): void => {
  const { rows, total } = useRunList.getState()
  if (total === null) return
  for (let block = Math.floor(from / blockSize); block * blockSize < Math.min(to, total); block += 1) {
    const first = block * blockSize
    if (!rows.has(first) || !rows.has(Math.min(total, first + blockSize) - 1)) void readBlock(engine, block)
  }
}

export const setFilter = (engine: Engine, filter: Partial<RunFilter>): Promise<void> => {
  useRunList.setState((state) => ({ filter: { ...state.filter, ...filter } }))
  return readRuns(engine)
}

/** By another column, or the other way round. */
export const sortBy = (engine: Engine, by: RunOrder): Promise<void> => {
  useRunList.setState(({ sort }) => ({
    sort: { by, descending: sort.by === by ? !sort.descending : by === 'created' || by === 'duration' },
  }))
  return readRuns(engine)
}

const takeChanges = (changed: readonly FlowRun[]): void =>
  useRunList.setState(({ rows, filter, newer }) => {
    const byId = new Map(changed.map((run) => [run.id, run]))
    const next = new Map(rows)
    for (const [row, { id }] of rows) {
      const run = byId.get(id)
      if (!run) continue
      next.set(row, run)
      byId.delete(id)
    }
    const added = [...byId.values()].filter((run) => isNews(filter, run)).map(({ id }) => id)
    return { rows: next, newer: added.length > 0 ? new Set([...newer, ...added]) : newer }
  })

/** Follows what runs do: those that are seen change where they stand. */
export const followRuns = (engine: Engine): (() => void) => {
  void readRuns(engine)
  let waiting: FlowRun[] = []
  let frame = 0
  const flush = () => {
    frame = 0
    takeChanges(waiting.splice(0))
    const { total, newer } = useRunList.getState()
    if (total === 0 && newer.size > 0) void readRuns(engine)
  }
  const stop = engine.follow(
    (client, signal) => client.runs.watchList({}, { signal }),
    ({ changed }) => {
      waiting = [...waiting, ...changed]
      frame ||= requestAnimationFrame(flush)
    },
  )
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}
