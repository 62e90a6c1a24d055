import { ActionIcon, Tooltip } from '@mantine/core'
import { GanttChart, Maximize2, ZoomIn, ZoomOut } from 'lucide-react'
import { useMemo, type KeyboardEvent } from 'react'
import type { RunTimeline } from '#core/model/run-timeline.ts'
import { isTerminal } from '#core/model/state.ts'
import { lookAtTaskRun, showOutput, useLookedAt } from '#renderer/stores/looking.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { useRunsToCome, useRun } from '#renderer/stores/run.ts'
import { useIsConnected } from '#renderer/stores/session.ts'
import { useTimeline } from '#renderer/stores/timeline.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { formatClock, formatDuration } from '#renderer/ui/format.ts'
import { useGridScroll } from '#renderer/ui/grid-scroll.ts'
import { useNow } from '#renderer/ui/use-now.ts'
import { hasBegun, rowOfHeld, rowsOf, type Row } from './rows.ts'
import { spanOf, ticksOf, type Span } from './segments.ts'
import { TimelineRow } from './timeline-row.tsx'
import { useSubflows } from './use-subflows.ts'
import { useZoom } from './use-zoom.ts'
import classes from './timeline-tab.module.css'

const percentOf = ({ from, to }: Span, at: number): number => ((at - from) / (to - from)) * 100

const lookAt = ({ task, item }: Row): void => {
  if (task !== null) lookAtTaskRun(task, item)
}

const choose = (row: Row): void => {
  if (row.task !== null) lookAt(row)
  else if (row.flowRun !== null) goTo({ page: 'run', flowRun: row.flowRun })
}

const Axis = ({ span, origin, now }: { span: Span; origin: number; now: number | null }) => (
  <div className={classes['axis']} aria-hidden>
    {ticksOf(span, origin, 8).map((at) => (
      <span key={at} className={classes['tick']} style={{ left: `${percentOf(span, at)}%` }}>
        {at === origin ? formatClock(at).slice(0, 8) : formatDuration(at - origin)}
      </span>
    ))}
    {now !== null && now <= span.to && (
      <span className={classes['now']} style={{ left: `${percentOf(span, now)}%` }}>
        now
      </span>
    )}
  </div>
)

type ZoomProps = Pick<ReturnType<typeof useZoom>, 'zoom' | 'fit' | 'isWhole'>

const ZoomButtons = ({ zoom, fit, isWhole }: ZoomProps) => {
  const buttons = [
    { label: 'Zoom in', icon: ZoomIn, run: () => zoom(0.5), disabled: false },
    { label: 'Zoom out', icon: ZoomOut, run: () => zoom(2), disabled: isWhole },
    { label: 'Show all of it', icon: Maximize2, run: fit, disabled: isWhole },
  ]
  return (
    <div className={classes['corner']}>
      {buttons.map(({ label, icon: Icon, run, disabled }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} disabled={disabled} onClick={run}>
            <Icon size={14} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  )
}

/** Arrows walk the rows and along the time, + and - zoom, 0 shows all, Enter opens what the task gave. */
const keysFor =
  (rows: readonly Row[], selected: number, parts: ReturnType<typeof useZoom> & { reveal(row: number): void }) =>
  (event: KeyboardEvent): void => {
    const move = (by: number) => {
      const next = Math.max(0, Math.min(rows.length - 1, selected + by))
      const row = rows[next]
      if (row) lookAt(row)
      parts.reveal(next)
    }
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      ArrowLeft: () => parts.pan(-0.2),
      ArrowRight: () => parts.pan(0.2),
      '+': () => parts.zoom(0.5),
      '=': () => parts.zoom(0.5),
      '-': () => parts.zoom(2),
      '0': parts.fit,
      Enter: () => {
        const task = rows[selected]?.task ?? null
        if (task !== null) showOutput(task, null)
      },
    }
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

const noRange = () => undefined

/** With those on hold to which nothing has happened yet. */
const useChartRows = (timeline: RunTimeline): readonly Row[] => {
  const subflows = useSubflows()
  const held = useRunsToCome()
  return useMemo(
    () => [...rowsOf(timeline, subflows), ...held.map(({ task }) => rowOfHeld(task))],
    [timeline, subflows, held],
  )
}

const useIsHeld = (going: boolean) => {
  const held = useRun((state) => state.held)
  return (row: Row): boolean => going && row.task !== null && held.has(row.task) && !hasBegun(row)
}

const Chart = ({ timeline, whole, now }: { timeline: RunTimeline; whole: Span; now: number | null }) => {
  const rows = useChartRows(timeline)
  const isHeld = useIsHeld(now !== null)
  const zooming = useZoom(whole)
  const { span, drag, track, dragging } = zooming
  const { box, from, to, drawn, place, reveal, onScroll } = useGridScroll(rows.length, noRange)
  const { task, item } = useLookedAt()
  const selected = rows.findIndex((row) => row.task !== null && row.task === task && row.item === item)
  const origin = timeline.states[0]?.at ?? whole.from
  return (
    <div ref={box} className={classes['chart']} onScroll={onScroll}>
      <div className={classes['heads']}>
        <ZoomButtons {...zooming} />
        <div
          ref={track}
          className={classes['scale']}
          {...dragging}
          title="Drag to zoom in, or turn the wheel with Ctrl"
        >
          <Axis span={span} origin={origin} now={now} />
        </div>
      </div>
      <div
        className={classes['rows']}
        role="listbox"
        tabIndex={0}
        aria-label="Task runs over time"
        aria-activedescendant={selected < 0 ? undefined : `timeline-row-${selected}`}
        style={{ height: drawn }}
        onKeyDown={keysFor(rows, selected, { ...zooming, reveal })}
        {...dragging}
      >
        {rows.slice(from, to).map((row, index) => (
          <TimelineRow
            key={row.key}
            id={`timeline-row-${from + index}`}
            row={row}
            top={place(from + index)}
            span={span}
            now={now ?? whole.to}
            selected={from + index === selected}
            held={isHeld(row)}
            choose={() => choose(row)}
          />
        ))}
        {drag && (
          <div className={classes['cover']}>
            <span
              className={classes['drag']}
              style={{ left: `${percentOf(span, drag.from)}%`, right: `${100 - percentOf(span, drag.to)}%` }}
            />
          </div>
        )}
      </div>
    </div>
  )
}

/** Every task run of the shown run over time: tries, and what it waited for between them. */
export const TimelineTab = () => {
  const timeline = useTimeline()
  const ran = useRun((state) => state.flowRun !== null)
  const going = useRun((state) => state.flowRun !== null && !isTerminal(state.flowRun.state))
  const now = useNow(useIsConnected() && going)
  const span = timeline && spanOf([timeline.states, ...timeline.taskRuns.map(({ states }) => states)], now)
  if (!ran)
    return (
      <EmptyState
        icon={GanttChart}
        title="Nothing has run yet"
        text="When tasks ran, waited and were tried again is drawn here once the flow has run."
      />
    )
  if (!timeline || !span) return null
  return (
    <Chart key={timeline.flowRun} timeline={timeline} whole={going ? roomFor(span) : span} now={going ? now : null} />
  )
}

/** While it goes on the end moves in jumps of a quarter, so that the picture stands still between them. */
const roomFor = ({ from, to }: Span): Span => {
  const jumps = Math.max(0, Math.ceil(Math.log((to - from + 500) / shortest) / Math.log(1.25)))
  return { from, to: from + shortest * 1.25 ** jumps }
}

/** Milliseconds. */
const shortest = 3000
