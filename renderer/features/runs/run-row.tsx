import { CornerDownRight } from 'lucide-react'
import { memo } from 'react'
import type { FlowRun } from '#core/model/flow-run.ts'
import { addressOf } from '#renderer/stores/navigation.ts'
import { formatAgo, formatDuration, formatMoment } from '#renderer/ui/format.ts'
import { StateBadge } from '#renderer/ui/state-badge.tsx'
import { comeTo } from './run-selection.ts'
import classes from './run-table.module.css'

export const rowHeight = 36

type Props = {
  readonly run: FlowRun | undefined
  readonly row: number
  readonly now: number
  readonly isCurrent: boolean
  readonly isChosen: boolean
}

const durationText = ({ startedAt, endedAt }: FlowRun, now: number): string =>
  startedAt === null ? '' : formatDuration(Math.max(0, (endedAt ?? now) - startedAt))

const Cells = ({ run, now, row, isChosen }: Props & { run: FlowRun }) => (
  <>
    <span role="gridcell" className={classes['check']}>
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Choose ${run.name}`}
        checked={isChosen}
        onChange={() => comeTo(row, 'toggle')}
      />
    </span>
    <span role="gridcell" className={classes['cell']}>
      <a href={addressOf({ page: 'run', flowRun: run.id })} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
        {run.name}
      </a>
    </span>
    <span role="gridcell" className={classes['cell']}>
      {run.parent !== null && <CornerDownRight size={12} aria-label="Subflow of" />}
      {run.flow}
    </span>
    <span role="gridcell" className={classes['cell']} title={run.state.message ?? undefined}>
      <StateBadge state={run.state.name} />
    </span>
    <span role="gridcell" className={classes['cell']} title={formatMoment(run.createdAt)}>
      {formatAgo(run.createdAt, now)}
    </span>
    <span role="gridcell" className={classes['number']}>
      {durationText(run, now)}
    </span>
    <span role="gridcell" className={classes['tags']} title={run.tags.join(', ')}>
      {run.tags.map((tag) => (
        <span key={tag} className={classes['tag']}>
          {tag}
        </span>
      ))}
    </span>
  </>
)

export const RunRow = memo((props: Props) => {
  const { run, row, isCurrent, isChosen } = props
  return (
    <div
      id={`run-row-${row}`}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isChosen}
      className={classes['row']}
      data-current={isCurrent || undefined}
      style={{ transform: `translateY(${row * rowHeight}px)` }}
      tabIndex={-1}
      data-row={row}
    >
      {run ? (
        <Cells {...props} run={run} />
      ) : (
        <span role="gridcell" className={classes['waiting']} aria-label="Being read" />
      )}
    </div>
  )
})
