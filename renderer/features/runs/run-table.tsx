import { Button } from '@mantine/core'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, type KeyboardEvent, type MouseEvent } from 'react'
import type { RunOrder } from '#core/model/run-page.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { goTo } from '#renderer/stores/navigation.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { useRowWindow } from '#renderer/ui/use-row-window.ts'
import { readRuns, sortBy, useRunList, wantRows } from './run-list.ts'
import { RunRow, rowHeight } from './run-row.tsx'
import { chooseAllRead, chooseNothing, comeTo, deleteRuns, runsChosen, useRunSelection } from './run-selection.ts'
import classes from './run-table.module.css'

const headHeight = 32

const columns: readonly { readonly by: RunOrder; readonly title: string }[] = [
  { by: 'name', title: 'Run' },
  { by: 'flow', title: 'Flow' },
  { by: 'state', title: 'State' },
  { by: 'created', title: 'Created' },
  { by: 'duration', title: 'Duration' },
]

const Head = () => {
  const { engine } = useWorld()
  const sort = useRunList((state) => state.sort)
  return (
    <div role="row" aria-rowindex={1} className={classes['head']}>
      <span role="columnheader" aria-label="Chosen" />
      {columns.map(({ by, title }) => {
        const isSorted = sort.by === by
        const Arrow = sort.descending ? ArrowDown : ArrowUp
        return (
          <span
            key={by}
            role="columnheader"
            aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            data-number={by === 'duration' || undefined}
          >
            <button type="button" onClick={() => void sortBy(engine, by)}>
              {title}
              {isSorted && <Arrow size={12} aria-hidden />}
            </button>
          </span>
        )
      })}
      <span role="columnheader">Tags</span>
    </div>
  )
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: -Infinity,
  End: Infinity,
}

const rowOf = ({ target }: MouseEvent): number | null => {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
  return row === undefined ? null : Number(row)
}

/** Links and boxes do what they do. */
const clickOnRow = (event: MouseEvent): void => {
  const row = rowOf(event)
  if (row === null || (event.target instanceof Element && event.target.closest('a, input'))) return
  comeTo(row, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only')
}

const openRow = (row: number | null): void => {
  const run = row === null ? undefined : useRunList.getState().rows.get(row)
  if (run) goTo({ page: 'run', flowRun: run.id })
}

/** What a key does on the table; false when it means nothing here. */
const press = (event: KeyboardEvent, total: number, engine: Engine): boolean => {
  const { cursor } = useRunSelection.getState()
  const step = steps[event.key]
  if (step !== undefined) {
    comeTo(Math.max(0, Math.min(total - 1, cursor + step)), event.shiftKey ? 'range' : 'none')
    return true
  }
  switch (event.key) {
    case ' ':
      comeTo(cursor, 'toggle')
      return true
    case 'Enter':
      openRow(cursor)
      return true
    case 'Escape':
      chooseNothing()
      return true
    case 'Delete':
      void deleteRuns(engine, runsChosen(useRunSelection.getState()))
      return true
    case 'a':
      if (event.ctrlKey || event.metaKey) chooseAllRead()
      return event.ctrlKey || event.metaKey
    default:
      return false
  }
}

/** New runs wait above the list until they are asked for. */
const Newer = () => {
  const { engine } = useWorld()
  const count = useRunList((state) => state.newer.size)
  if (count === 0) return null
  return (
    <div className={classes['newer']} role="status">
      <Button size="compact-xs" leftSection={<ArrowUp size={12} />} onClick={() => void readRuns(engine)}>
        {count === 1 ? '1 new run' : `${count} new runs`}
      </Button>
    </div>
  )
}

export const RunTable = ({ total }: { total: number }) => {
  const { engine } = useWorld()
  const rows = useRunList((state) => state.rows)
  const cursor = useRunSelection((state) => state.cursor)
  const chosen = useRunSelection((state) => state.chosen)
  const now = useNow(useIsConnected(), 1000)
  const { box, from, to, reveal, onScroll } = useRowWindow(total, { rowHeight, head: headHeight })
  useEffect(() => wantRows(engine, from, to), [engine, from, to, rows])
  return (
    <div className={classes['around']}>
      <Newer />
      <div
        ref={box}
        className={classes['table']}
        role="grid"
        aria-label="Runs"
        aria-rowcount={total + 1}
        aria-multiselectable
        aria-activedescendant={cursor >= from && cursor < to ? `run-row-${cursor}` : undefined}
        tabIndex={0}
        onScroll={onScroll}
        onClick={clickOnRow}
        onDoubleClick={(event) => openRow(rowOf(event))}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget || !press(event, total, engine)) return
          event.preventDefault()
          reveal(useRunSelection.getState().cursor)
        }}
      >
        <Head />
        <div role="rowgroup" className={classes['rows']} style={{ height: total * rowHeight }}>
          {Array.from({ length: to - from }, (_, index) => {
            const row = from + index
            const run = rows.get(row)
            return (
              <RunRow
                key={row}
                row={row}
                run={run}
                now={now}
                isCurrent={row === cursor}
                isChosen={run !== undefined && chosen.has(run.id)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
