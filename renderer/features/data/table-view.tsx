import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Failure } from '#core/model/failure.ts'
import type { TaskRun } from '#core/model/flow-run.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { flowedIn } from '#renderer/stores/flowed.ts'
import { showOutput } from '#renderer/stores/looking.ts'
import { useRunDocument } from '#renderer/stores/run-document.ts'
import { useRun } from '#renderer/stores/run.ts'
import { DataGrid } from '#renderer/ui/data-grid.tsx'
import { formatBytes, formatCount } from '#renderer/ui/format.ts'
import { ColumnProfiles } from './column-profiles.tsx'
import { useRows } from './use-rows.ts'
import classes from './table-view.module.css'

const isOrdered = ({ steps }: TableHandle): boolean => steps.some(({ ordered }) => ordered === true)

const changeInWords = (before: number, after: number): string => {
  const change = after - before
  if (change === 0) return 'as many as came in'
  const part = before === 0 ? '' : `, ${((Math.abs(change) / before) * 100).toFixed(1)} %`
  return `${formatCount(Math.abs(change))} ${change < 0 ? 'fewer' : 'more'} than came in${part}`
}

/** The one table that the task took, and how many rows it had. */
const useBefore = (run: TaskRun): { task: string; output: string; rows: number } | null => {
  const document = useRunDocument()?.document
  const inputs = document?.tasks.find(({ id }) => id === run.task)?.inputs ?? {}
  const sources = Object.values(inputs).flat()
  const [source] = sources
  const rows = useRun((state) => {
    const flowed = source && sources.length === 1 ? flowedIn(state, source.task, source.output) : null
    return flowed?.kind === 'table' ? flowed.rows : null
  })
  return source && rows !== null ? { ...source, rows } : null
}

const Before = ({ run, rows }: { run: TaskRun; rows: number }) => {
  const before = useBefore(run)
  if (before === null) return null
  return (
    <span className={classes['before']} title={changeInWords(before.rows, rows)}>
      {changeInWords(before.rows, rows)} ·{' '}
      <button type="button" className={classes['link']} onClick={() => showOutput(before.task, before.output)}>
        see what came in
      </button>
    </span>
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
  const { rowAt, onRange, rowCount, failure, retry } = useRows(at, table.rows)
  if (failure) return <Gone failure={failure} retry={retry} />
  return (
    <DataGrid
      label={`Rows of ${run.task}`}
      columns={table.columns}
      rowCount={rowCount}
      rowAt={rowAt}
      onRange={onRange}
    />
  )
}

const views = [
  { value: 'rows', label: 'Rows' },
  { value: 'columns', label: 'Columns' },
]

/** A table: its rows, or its columns with what is in them. */
export const TableView = (props: Props) => {
  const { run, name, table } = props
  const [view, setView] = useState('rows')
  return (
    <>
      <header className={classes['strip']}>
        <span>
          {table.rows === null ? 'Rows not counted' : `${formatCount(table.rows)} rows`} ×{' '}
          {formatCount(table.columns.length)} columns
          {table.bytes !== null && ` · ${formatBytes(table.bytes)}`}
        </span>
        {table.rows !== null && <Before run={run} rows={table.rows} />}
        <span className={classes['space']} />
        {view === 'rows' && !isOrdered(table) && (
          <span className={classes['quiet']} title="No task set an order, so rows may come in another order next time.">
            in no set order
          </span>
        )}
        <SegmentedControl
          size="xs"
          className={classes['views'] ?? ''}
          data={views}
          value={view}
          onChange={setView}
          aria-label="What to see"
        />
      </header>
      <div className={classes['content']}>
        {view === 'rows' ? <Rows {...props} /> : <ColumnProfiles run={run} output={name} table={table} />}
      </div>
    </>
  )
}
