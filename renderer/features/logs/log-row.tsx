import { memo } from 'react'
import type { LogLine } from '#core/model/log-line.ts'
import { parseTaskRunKey } from '#core/model/task-run-key.ts'
import { lookAtTaskRun } from '#renderer/stores/looking.ts'
import { formatClock, formatMoment } from '#renderer/ui/format.ts'
import { piecesOf, plainText } from './ansi.ts'
import classes from './log-view.module.css'

const inOneLine = (message: string): string => (message.includes('\n') ? message.replaceAll('\n', ' ⏎ ') : message)

/** A long line is cut where nobody sees it any more. */
const most = 2000

const Found = ({ text, find }: { text: string; find: string }) => {
  const parts = []
  const lower = text.toLowerCase()
  let at = 0
  for (let next = lower.indexOf(find); next >= 0; next = lower.indexOf(find, at)) {
    parts.push(text.slice(at, next), <mark key={next}>{text.slice(next, next + find.length)}</mark>)
    at = next + find.length
  }
  parts.push(text.slice(at))
  return parts
}

export const Message = ({ message, find }: { message: string; find: string }) => {
  if (find !== '') return <Found text={plainText(message)} find={find.toLowerCase()} />
  return piecesOf(message).map(({ text, colour, bold }, index) =>
    colour === null && !bold ? (
      text
    ) : (
      <span key={index} data-colour={colour ?? undefined} data-bold={bold || undefined}>
        {text}
      </span>
    ),
  )
}

let told = { second: Number.NaN, moment: '' }

/** The same for all lines of one second: to write it out for each would take longer than the rest of the line. */
const momentOf = (at: number): string => {
  const second = Math.floor(at / 1000)
  if (second !== told.second) told = { second, moment: formatMoment(at) }
  return told.moment
}

const goToTask = (key: string): void => {
  const { task, item } = parseTaskRunKey(key)
  lookAtTaskRun(task, item)
}

type Props = {
  readonly line: LogLine | undefined
  readonly number: number
  readonly top: number
  readonly find: string
  readonly isCurrent: boolean
  readonly isChosen: boolean
}

export const LogRow = memo(({ line, number, top, find, isCurrent, isChosen }: Props) => (
  <div
    className={classes['row']}
    style={{ transform: `translateY(${top}px)` }}
    data-row={number}
    data-level={line?.level}
    data-current={isCurrent || undefined}
    data-chosen={isChosen || undefined}
  >
    {line ? (
      <>
        <time className={classes['time']} title={momentOf(line.at)}>
          {formatClock(line.at)}
        </time>
        <span className={classes['level']}>{line.level}</span>
        {line.taskRun === null ? (
          <span className={classes['task']}>flow run</span>
        ) : (
          <button
            type="button"
            tabIndex={-1}
            className={classes['task']}
            title={`Go to ${line.taskRun}`}
            onClick={() => goToTask(line.taskRun ?? '')}
          >
            {line.taskRun}
          </button>
        )}
        <span className={classes['message']}>
          <Message message={inOneLine(line.message.slice(0, most))} find={find} />
        </span>
      </>
    ) : (
      <span className={classes['time']}>…</span>
    )}
  </div>
))
