import { showOutput } from '#renderer/stores/looking.ts'
import { flowedIn, type Flowed } from '#renderer/stores/flowed.ts'
import { useRun } from '#renderer/stores/run.ts'
import { useIsStale } from '#renderer/stores/running.ts'
import { formatBytes, formatCount } from '#renderer/ui/format.ts'
import classes from './flow-chip.module.css'

const inWords = (flowed: Flowed): string | null => {
  if (flowed === null) return null
  if (flowed.kind === 'table') return `${formatCount(flowed.rows)} rows`
  return `${flowed.files > 1 ? `${formatCount(flowed.files)} files · ` : ''}${formatBytes(flowed.bytes)}`
}

type Props = { readonly task: string; readonly output: string; readonly x: number; readonly y: number }

/** What has gone over a wire in the run that is shown; opens it in the Data tab. */
export const FlowChip = ({ task, output, x, y }: Props) => {
  const flowed = useRun((state) => inWords(flowedIn(state, task, output)))
  const stale = useIsStale()
  if (flowed === null) return null
  return (
    <button
      type="button"
      className={`nodrag nopan ${classes['chip'] ?? ''}`}
      data-stale={stale || undefined}
      title={`What ${task} gave. Click to look at it`}
      style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
      onClick={(event) => {
        event.stopPropagation()
        showOutput(task, output)
      }}
    >
      {flowed}
    </button>
  )
}
