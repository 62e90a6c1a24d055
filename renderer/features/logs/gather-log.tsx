import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { failureOfCall } from '#core/api/client.ts'
import type { LogLine } from '#core/model/log-line.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { formatCount } from '#renderer/ui/format.ts'
import { plainText } from './ansi.ts'
import { allLines } from './log-store.ts'

const written = ({ at, level, taskRun, message }: LogLine): string =>
  `${new Date(at).toISOString()} ${level.padEnd(8)} ${taskRun ?? 'flow run'}  ${plainText(message)}\n`

/** From the first line, or the one at `from`, for at most so many. */
type Lines = { readonly from: number; readonly most: number }

let gathered = 0

/**
 * Lines as text, told of while they come, with a button that ends it; null when it was ended or failed, which is said. They
 * are handed on only as a whole.
 */
export const gatherLog = async (engine: Engine, { from, most }: Lines): Promise<string | null> => {
  gathered += 1
  const id = `log-${gathered}`
  const stop = new AbortController()
  const shown = (count: number) => ({
    id,
    loading: true,
    autoClose: false as const,
    withCloseButton: false,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="xs">
        Reading the log: {formatCount(count)} of {formatCount(most)} lines
        <Button size="compact-xs" variant="light" onClick={() => stop.abort()}>
          Cancel
        </Button>
      </Group>
    ),
  })
  notifications.show(shown(0))
  const parts: string[] = []
  let count = 0
  try {
    for await (const lines of allLines(engine, { from, most, signal: stop.signal })) {
      parts.push(lines.map(written).join(''))
      count += lines.length
      notifications.update(shown(count))
    }
    return stop.signal.aborted ? null : parts.join('')
  } catch (error) {
    if (stop.signal.aborted) return null
    const { message } = failureOfCall(error)
    notifications.show({ color: 'red', title: 'The log was not read to its end', message, autoClose: 20_000 })
    return null
  } finally {
    notifications.hide(id)
  }
}
