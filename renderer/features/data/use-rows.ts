import { useCallback, useEffect, useRef, useState } from 'react'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Preview } from '#core/model/reports.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import type { GridRow } from '#renderer/ui/data-grid.tsx'

/** A table that a task run gave. `version` changes with the result. */
export type TableAt = {
  readonly flowRun: string
  readonly taskRun: string
  readonly output: string
  readonly version: number
}

const pageSize = 200
/** Pages that are kept; the ones asked for longest ago go first. */
const mostPages = 60
/** Milliseconds to wait for the end of a scroll. */
const settling = 60

type Pages = Map<number, readonly GridRow[] | 'asked'>

type Asking = { readonly client: EngineClient; readonly table: TableAt; readonly signal: AbortSignal }

const readPage = ({ client, table, signal }: Asking, page: number): Promise<Preview> => {
  const { flowRun, taskRun: task, output } = table
  return client.runs.preview({ flowRun, task, output, limit: pageSize, offset: page * pageSize }, { signal })
}

const forget = (pages: Pages): void => {
  for (const page of pages.keys()) {
    if (pages.size <= mostPages) return
    if (pages.get(page) !== 'asked') pages.delete(page)
  }
}

/** Rows of one table, read page by page as they are looked at. `known` is how many there are, or null while nobody counted. */
export const useRows = (at: TableAt, known: number | null) => {
  const { engine } = useWorld()
  const [table] = useState(at)
  const pages = useRef<Pages>(new Map())
  const stop = useRef(new AbortController())
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const [, redraw] = useState(0)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [counted, setCounted] = useState(pageSize)
  const [changed, setChanged] = useState(false)
  useEffect(() => () => stop.current.abort(), [])

  const ask = useCallback(
    (page: number) => {
      if (stop.current.signal.aborted) {
        stop.current = new AbortController()
        pages.current.clear()
      }
      if (pages.current.has(page)) return
      pages.current.set(page, 'asked')
      const { signal } = stop.current
      const take = async () => {
        try {
          const { rows, changedSources } = await readPage({ client: engine.client, table, signal }, page)
          if (signal.aborted) return
          setChanged(changedSources.length > 0)
          pages.current.set(page, rows)
          forget(pages.current)
          const end = page * pageSize + rows.length
          // A full page may have another after it.
          setCounted((count) => (rows.length === pageSize ? Math.max(count, end + pageSize) : end))
          redraw((drawn) => drawn + 1)
        } catch (error) {
          if (signal.aborted) return
          pages.current.delete(page)
          setFailure(failureOfCall(error))
        }
      }
      void take()
    },
    [engine, table],
  )

  const onRange = useCallback(
    (from: number, to: number) => {
      if (timer.current !== null) clearTimeout(timer.current)
      const askAll = () => {
        for (let page = Math.floor(from / pageSize); page * pageSize < Math.max(to, 1); page++) ask(page)
      }
      if (pages.current.size === 0) askAll()
      else timer.current = setTimeout(askAll, settling)
    },
    [ask],
  )

  const rowAt = useCallback((index: number): GridRow | undefined => {
    const page = pages.current.get(Math.floor(index / pageSize))
    return page === undefined || page === 'asked' ? undefined : page[index % pageSize]
  }, [])
  const retry = () => {
    setFailure(null)
    ask(0)
  }
  return { rowAt, onRange, rowCount: known ?? counted, changed, failure, retry }
}
