import { notifications } from '@mantine/notifications'
import type { LogLine } from '#core/model/log-line.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { formatCount } from '#renderer/ui/format.ts'
import { plainText } from './ansi.ts'
import { chosenRows, useLogPlace } from './log-place.ts'
import { allLines, useLog } from './log-store.ts'

const written = ({ at, level, taskRun, message }: LogLine): string =>
  `${new Date(at).toISOString()} ${level.padEnd(8)} ${taskRun ?? 'flow run'}  ${plainText(message)}\n`

const textOf = async (engine: Engine, range: { from: number; most: number }): Promise<string> => {
  const parts: string[] = []
  for await (const lines of allLines(engine, range)) parts.push(lines.map(written).join(''))
  return parts.join('')
}

/** More would hardly be pasted anywhere. */
const mostCopied = 100_000

const copy = async (engine: Engine, from: number, count: number): Promise<void> => {
  const most = Math.min(count, mostCopied)
  await navigator.clipboard.writeText(await textOf(engine, { from, most }))
  const rest = count > most ? `, the first of ${formatCount(count)}. Download takes them all` : ''
  notifications.show({ message: `Copied ${most === 1 ? '1 line' : `${formatCount(most)} lines`}${rest}.` })
}

/** The chosen lines, without the colours of terminals. */
export const copyChosen = async (engine: Engine): Promise<void> => {
  const rows = chosenRows(useLogPlace.getState())
  if (rows) await copy(engine, rows[0], rows[1] - rows[0] + 1)
}

export const copyAll = (engine: Engine): Promise<void> => copy(engine, 0, useLog.getState().total ?? 0)

export const download = async (engine: Engine, host: Host, name: string): Promise<void> => {
  const text = await textOf(engine, { from: 0, most: useLog.getState().total ?? 0 })
  await host.saveFile(`${name}.log`, text)
}
