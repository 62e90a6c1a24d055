import { useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type RefObject } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { copyChosen } from './copy-log.ts'
import { useFind } from './log-find.ts'
import { pressOnLines } from './log-keys.ts'
import { LogRow } from './log-row.tsx'
import { drawnRows, rowAt, rowHeight, spacerHeight, topOf } from './line-window.ts'
import { chosenRows, followEnd, lookAtLine, noteSeenRows, reveal, scrollTo, useLogPlace } from './log-place.ts'
import { lineAt, useLog, wantRows } from './log-store.ts'
import classes from './log-view.module.css'

/** Rows from the end within which the view follows it. */
const nearEnd = 1

/** The height of an element, kept up to date. */
const useHeight = (element: RefObject<HTMLDivElement | null>): number => {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return undefined
    const observer = new ResizeObserver(() => setHeight(current.clientHeight))
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return height
}

/** The scroll bar and the place, each of which may move the other. */
const useScrolling = (
  scroller: RefObject<HTMLDivElement | null>,
  { total, height }: { total: number; height: number },
) => {
  const first = useLogPlace((place) => place.first)
  const following = useLogPlace((place) => place.following)
  const last = Math.max(0, total - height / rowHeight)
  const shown = following ? last : Math.min(first, last)
  // Where we put the scroll bar ourselves: it is coarser than the place in a very long log.
  const put = useRef(-1)
  useLayoutEffect(() => {
    const { current } = scroller
    if (!current) return
    current.scrollTo({ top: following ? spacerHeight(total) : topOf(shown, total, height) })
    put.current = current.scrollTop
  }, [scroller, shown, following, total, height])
  useEffect(() => {
    noteSeenRows(Math.floor(height / rowHeight))
    const { current, following: atEnd, whole } = useLogPlace.getState()
    // The line in full has come below the lines, and may cover it.
    if (whole && current !== null && !atEnd) reveal(current)
  }, [height])
  const onScroll = () => {
    const { current } = scroller
    if (!current || Math.abs(current.scrollTop - put.current) < 1) return
    const row = rowAt(current.scrollTop, total, height)
    if (row >= last - nearEnd) followEnd()
    else scrollTo(row)
  }
  return { shown, onScroll }
}

const rowOf = ({ target }: MouseEvent): number | null => {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
  return row === undefined ? null : Number(row)
}

/** Text that is being marked within lines is left to the browser. */
const isMarking = (): boolean => window.getSelection()?.isCollapsed === false

/** The lines of a log, however many: only what is seen is drawn, and the rows are used again. */
export const LogView = ({ total }: { total: number }) => {
  const { engine } = useWorld()
  const scroller = useRef<HTMLDivElement>(null)
  const height = useHeight(scroller)
  const revision = useLog((state) => state.revision)
  const find = useFind((state) => state.text)
  const current = useLogPlace((place) => place.current)
  const anchor = useLogPlace((place) => place.anchor)
  const { shown, onScroll } = useScrolling(scroller, { total, height })
  const drawn = drawnRows(shown, total, height)
  const { first: from, count } = drawn
  useEffect(() => wantRows(engine, { first: from, count }), [from, count, engine, total, revision])
  const chosen = current === null || anchor === current ? null : chosenRows({ current, anchor })
  return (
    <div
      ref={scroller}
      className={classes['scroller']}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={(event) => pressOnLines(event, total, () => void copyChosen(engine))}
      onClick={(event) => {
        const row = rowOf(event)
        if (row !== null && !isMarking()) lookAtLine(row, event.shiftKey)
      }}
      onDoubleClick={() => useLogPlace.setState({ whole: true })}
    >
      <div className={classes['rows']}>
        {Array.from({ length: drawn.count }, (_, index) => {
          const number = drawn.first + index
          return (
            <LogRow
              key={number % drawn.count}
              line={lineAt(number)}
              number={number}
              top={Math.round((number - shown) * rowHeight)}
              find={find}
              isCurrent={number === current}
              isChosen={chosen !== null && number >= chosen[0] && number <= chosen[1]}
            />
          )
        })}
      </div>
      <div style={{ height: spacerHeight(total) }} />
    </div>
  )
}
