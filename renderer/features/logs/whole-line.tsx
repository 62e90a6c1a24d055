import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'
import { formatMoment } from '#renderer/ui/format.ts'
import { plainText } from './ansi.ts'
import { showWhole, useLogPlace } from './log-place.ts'
import { Message } from './log-row.tsx'
import { lineAt, useLog } from './log-store.ts'
import classes from './log-view.module.css'

/** A message that is JSON, or ends in it, laid out; null when it holds none. */
const laidOut = (message: string): string | null => {
  const start = message.search(/[[{]/)
  if (start < 0) return null
  try {
    return message.slice(0, start) + JSON.stringify(JSON.parse(message.slice(start)), null, 2)
  } catch {
    return null
  }
}

/** The current line in full, wrapped. */
export const WholeLine = () => {
  const current = useLogPlace((place) => place.current)
  const whole = useLogPlace((place) => place.whole)
  useLog((state) => state.revision)
  const line = current === null ? undefined : lineAt(current)
  if (!whole || !line) return null
  const json = laidOut(plainText(line.message))
  return (
    <section className={classes['whole']} aria-label="The whole line">
      <header>
        {formatMoment(line.at)} · {line.level} · {line.taskRun ?? 'flow run'}
        <ActionIcon size="xs" variant="subtle" color="gray" aria-label="Close" onClick={() => showWhole(false)}>
          <X size={12} />
        </ActionIcon>
      </header>
      <pre tabIndex={0} aria-label="Message">
        {json ?? <Message message={line.message} find="" />}
      </pre>
    </section>
  )
}
