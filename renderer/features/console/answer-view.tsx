import { useCallback } from 'react'
import { DataGrid } from '#renderer/ui/data-grid.tsx'
import { formatCount, formatDuration } from '#renderer/ui/format.ts'
import type { Answer } from './console-store.ts'
import classes from './query-console.module.css'

const rowsInWords = (count: number): string => (count === 1 ? '1 row' : `${formatCount(count)} rows`)

/** How it went, in short. */
export const answerInWords = (answer: Answer, limit: number): string => {
  const time = formatDuration(answer.duration)
  if (answer.kind === 'done') {
    const count = answer.statements.length
    return `${count === 1 ? 'Done' : `${formatCount(count)} statements done`} in ${time}`
  }
  const { rows, more } = answer
  if (!more) return `${rowsInWords(rows.length)} in ${time}`
  const why = rows.length < limit ? ', as much as fits' : ''
  return `The first ${rowsInWords(rows.length)}${why}, in ${time}; there are more`
}

const noRange = () => undefined

const Rows = ({ answer }: { answer: Extract<Answer, { kind: 'rows' }> }) => {
  const rowAt = useCallback((index: number) => answer.rows[index], [answer])
  if (answer.columns.length === 0) return null
  return (
    <DataGrid label="Rows" columns={answer.columns} rowCount={answer.rows.length} rowAt={rowAt} onRange={noRange} />
  )
}

export const AnswerView = ({ answer }: { answer: Answer }) => {
  if (answer.kind === 'rows') return <Rows answer={answer} />
  return (
    <ul className={classes['statements']} aria-label="Statements">
      {answer.statements.map(({ command, rows }, index) => (
        <li key={`${command}${index}`}>
          <code>{command}</code>
          {rows !== null && <span>{rowsInWords(rows)}</span>}
        </li>
      ))}
    </ul>
  )
}
