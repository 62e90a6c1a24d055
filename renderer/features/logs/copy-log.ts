import { notifications } from '@mantine/notifications'
import { failureOfCall } from '#core/api/client.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'
import { saveText } from '#renderer/rpc/save-text.ts'
import { copyText } from '#renderer/ui/copy-text.ts'
import { formatCount } from '#renderer/ui/format.ts'
import { gatherLog } from './gather-log.tsx'
import { chosenRows, useLogPlace } from './log-place.ts'
import { useLog } from './log-store.ts'

/** More would hardly be pasted anywhere. */
const mostCopied = 100_000

const copy = async (engine: Engine, from: number, count: number): Promise<void> => {
  const most = Math.min(count, mostCopied)
  const rest = count > most ? `, the first of ${formatCount(count)}. Download takes them all` : ''
  const done = `Copied ${most === 1 ? '1 line' : `${formatCount(most)} lines`}${rest}.`
  const text = await gatherLog(engine, { from, most })
  if (text !== null) await copyText(text, done)
}

/** The chosen lines, without the colours of terminals. */
export const copyChosen = async (engine: Engine): Promise<void> => {
  const rows = chosenRows(useLogPlace.getState())
  if (rows) await copy(engine, rows[0], rows[1] - rows[0] + 1)
}

export const copyAll = (engine: Engine): Promise<void> => copy(engine, 0, useLog.getState().total ?? 0)

export const download = async (engine: Engine, host: Host, name: string): Promise<void> => {
  const text = await gatherLog(engine, { from: 0, most: useLog.getState().total ?? 0 })
  if (text === null) return
  const file = `${name}.log`
  try {
    await saveText(host, file, text)
  } catch (error) {
    notifications.show({ color: 'red', title: `${file} was not saved`, message: failureOfCall(error).message })
  }
}
