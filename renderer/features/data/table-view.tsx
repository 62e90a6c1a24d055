import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Failure } from '#core/model/failure.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { showOutput } from '#renderer/stores/looking.ts'
import { DataGrid } from '#renderer/ui/data-grid.tsx'
import { formatBytes, formatCount } from '#renderer/ui/format.ts'
import { ColumnProfiles } from './column-profiles.tsx'
import { useBefore, useFilled, type Before } from './use-before.ts'
import { useRows } from './use-rows.ts'
import classes from './table-view.module.css'

const isOrdered = ({ steps }: TableHandle): boolean => steps.some(({ ordered }) => ordered === true)

const changeInWords = (before: number, after: number): string => {
  const change = after - before
  if (change === 0) return 'as many as came in'
  const part = before === 0 ? '' : `, ${((Math.abs(change) / before) * 100).toFixed(1)} %`
  return `${formatCount(Math.abs(change))} ${change < 0 ? 'fewer' : 'more'} than came in${part}`
}

/** Of a filter: what came in, what went out, and what it left out. */
const droppedInWords = (before: number, after: number): string => {
  const [cameIn, dropped] = [`${formatCount(before)} rows in`, before - after]
  if (dropped === 0) return `${cameIn} · none dropped`
  return `${cameIn} · ${formatCount(after)} out · ${formatCount(dropped)} dropped, ${((dropped / before) * 100).toFixed(1)} %`
}

const Change = ({ run, rows, type, before }: { run: TaskRun; rows: number; type: string | null; before: Before }) => {
  const filled = useFilled(run, type === 'table.fill')
  const inWords = type === 'table.filter' ? droppedInWords : changeInWords
  const said = filled.length > 0 ? filled.join(' ') : before.rows === null ? '' : inWords(before.rows, rows)
  return (
    <p className={classes['change']}>
      {said}
      {before.given === null && (
        <>
          {' · '}
          <button type="button" className={classes['link']} onClick={() => showOutput(before.task, before.output)}>
            see what came in
          </button>
        </>
      )}
    </p>
  )
}

const Gone = ({ failure, retry }: { failure: Failure; retry: () => void }) => (
  <div className={classes['gone']} role="alert">
    <p>{failure.message}</p>
    <Button size="xs" variant="default" onClick={retry}>
      Try again
    </Button>
  </div>
)

type Props = { readonly run: TaskRun; readonly name: string; readonly table: TableHandle }

const Rows = ({ run, name, table }: Props) => {
  const at = { flowRun: run.flowRun, taskRun: run.key, output: name, version: run.endedAt ?? 0 }
  const { rowAt, onRange, rowCount, changed, failure, retry } = useRows(at, table.rows)
  if (failure) return <Gone failure={failure} retry={retry} />
  return (
    <>
      {changed && (
        <p className={classes['note']} role="status">
          Files that it reads were changed since the run, so these may be other rows than it saw.
        </p>
      )}
      <div className={classes['grid']}>
        <DataGrid
          label={`Rows of ${run.task}`}
          columns={table.columns}
          rowCount={rowCount}
          rowAt={rowAt}
          onRange={onRange}
        />
      </div>
    </>
  )
}

const views = [
  { value: 'rows', label: 'Rows' },
  { value: 'columns', label: 'Columns' },
]

const sides = [
  { value: 'before', label: 'Before' },
  { value: 'after', label: 'After' },
]

const Size = ({ table }: { table: TableHandle }) => (
  <span>
    {table.rows === null ? 'Rows not counted' : `${formatCount(table.rows)} rows`} × {formatCount(table.columns.length)}{' '}
    columns
    {' · '}
    {table.bytes === null ? (
      <span title="The rows are computed again when they are looked at. Turn on “keep” to store them.">not stored</span>
    ) : (
      formatBytes(table.bytes)
    )}
  </span>
)

/** A table: its rows, or its columns with what is in them; and the same of the one table it was made from. */
export const TableView = (props: Props) => {
  const { run, table } = props
  const [view, setView] = useState('rows')
  const [side, setSide] = useState('after')
  const { type, before } = useBefore(run)
  const given = before?.given ?? null
  const shown = side === 'before' && before && given ? { ...given, name: before.output } : props
  const key = `${shown.run.key}.${shown.name}`
  const choice = { size: 'xs', className: classes['views'] ?? '' } as const
  return (
    <>
      <header className={classes['strip']}>
        <Size table={shown.table} />
        <span className={classes['space']} />
        {view === 'rows' && !isOrdered(shown.table) && (
          <span className={classes['quiet']} title="No task set an order, so rows may come in another order next time.">
            in no set order
          </span>
        )}
        <SegmentedControl {...choice} data={views} value={view} onChange={setView} aria-label="What to see" />
      </header>
      {before && (
        <div className={classes['before']}>
          {table.rows !== null && <Change run={run} rows={table.rows} type={type} before={before} />}
          <span className={classes['space']} />
          {given && (
            <SegmentedControl {...choice} data={sides} value={side} onChange={setSide} aria-label="Before or after" />
          )}
        </div>
      )}
      <div className={classes['content']}>
        {view === 'rows' ? (
          <Rows key={key} {...shown} />
        ) : (
          <ColumnProfiles key={key} run={shown.run} output={shown.name} table={shown.table} />
        )}
      </div>
    </>
  )
}
