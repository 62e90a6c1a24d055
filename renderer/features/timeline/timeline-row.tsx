import { memo } from 'react'
import { formatDuration } from '#renderer/ui/format.ts'
import { StateIcon } from '#renderer/ui/state-badge.tsx'
import type { Row } from './rows.ts'
import type { Segment, Span } from './segments.ts'
import classes from './timeline-row.module.css'

const inWords = ({ kind, outcome, attempt, message, from, to }: Segment, now: number): string => {
  const time = formatDuration(Math.max(0, (to ?? now) - from))
  const why = message === null ? '' : `\n${message}`
  switch (kind) {
    case 'run':
      return `${attempt > 1 ? `Try ${attempt}, ` : ''}${to === null ? 'running for' : `${outcome} after`} ${time}${why}`
    case 'slot':
      return `Waited ${time} for a slot`
    case 'retry':
      return `Waited ${time} to try again${why}`
    case 'pause':
      return `Paused for ${time}`
    case 'mark':
      return `${outcome}${why}`
    default:
      return kind satisfies never
  }
}

const tones: Readonly<Record<string, string>> = {
  Completed: 'good',
  Cached: 'good',
  Failed: 'bad',
  TimedOut: 'bad',
  Crashed: 'crashed',
  Skipped: 'quiet',
  Cancelled: 'quiet',
}

const Bar = ({ segment, span, now }: { segment: Segment; span: Span; now: number }) => {
  const length = span.to - span.from
  const to = segment.to ?? now
  if (to < span.from || segment.from > span.to) return null
  const left = ((Math.max(segment.from, span.from) - span.from) / length) * 100
  const right = ((Math.min(to, span.to) - span.from) / length) * 100
  return (
    <span
      className={classes['bar']}
      data-kind={segment.kind}
      data-tone={tones[segment.outcome] ?? 'running'}
      style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }}
      title={inWords(segment, now)}
    />
  )
}

type Props = {
  readonly id: string
  readonly row: Row
  readonly top: number
  readonly span: Span
  readonly now: number
  readonly selected: boolean
  /** It waits because somebody holds it. */
  readonly held: boolean
  choose(): void
}

const totalOf = (segments: readonly Segment[], now: number): number =>
  segments.reduce((sum, { kind, from, to }) => sum + (kind === 'run' ? (to ?? now) - from : 0), 0)

/** One task run: its name, how long it ran, and its stretches of time. */
export const TimelineRow = memo(({ id, row, top, span, now, selected, held, choose }: Props) => {
  const last = row.states.at(-1)
  const total = totalOf(row.segments, now)
  const time = total > 0 ? formatDuration(total) : ''
  return (
    <button
      id={id}
      type="button"
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-label={`${row.label} ${time}, ${held ? 'Held' : (last?.name ?? '')}`}
      className={classes['row']}
      style={{ transform: `translateY(${top}px)` }}
      onClick={choose}
    >
      <span className={classes['label']} style={{ paddingLeft: 12 + row.depth * 12 }}>
        {(last || held) && <StateIcon state={last?.name ?? 'Pending'} held={held} size={12} />}
        <span className={classes['name']} title={row.label}>
          {row.label}
        </span>{' '}
        <span className={classes['time']}>{held ? 'held' : time}</span>
      </span>
      <span className={classes['track']}>
        {row.segments.map((segment) => (
          <Bar key={`${segment.kind}${segment.from}`} segment={segment} span={span} now={now} />
        ))}
      </span>
    </button>
  )
})
TimelineRow.displayName = 'TimelineRow'
