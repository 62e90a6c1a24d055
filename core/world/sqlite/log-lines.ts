import { logLevels, longestLine, type LogLevel, type LogLine } from '#core/model/log-line.ts'
import { Refused } from '#core/model/failure.ts'
import { integer, text, textOrNull, type Row } from './row.ts'

const levelOfNumber: ReadonlyMap<number, LogLevel> = new Map([
  [logLevels.debug, 'debug'],
  [logLevels.info, 'info'],
  [logLevels.warning, 'warning'],
  [logLevels.error, 'error'],
  [logLevels.critical, 'critical'],
])

export const logLineOf = (row: Row): LogLine => {
  const level = levelOfNumber.get(integer(row, 'level'))
  if (!level)
    throw new Refused({ code: 'data', message: 'The log database holds a line of no known level. It may be damaged.' })
  return {
    seq: integer(row, 'seq'),
    flowRun: text(row, 'flow_run'),
    taskRun: textOrNull(row, 'task_run'),
    at: integer(row, 'at'),
    level,
    message: text(row, 'message'),
  }
}

/** At most `longestLine` bytes, and how many there were. */
export const cutLine = (message: string): string => {
  // UTF-8 takes at most three bytes for one unit of a JavaScript string.
  if (message.length * 3 <= longestLine) return message
  const bytes = Buffer.from(message)
  if (bytes.length <= longestLine) return message
  const note = ` … (cut: the line has ${bytes.length.toLocaleString('en')} bytes)`
  const kept = bytes.subarray(0, longestLine - Buffer.byteLength(note)).toString()
  // The cut may have gone through a character.
  return kept.replace(/\uFFFD+$/, '') + note
}
