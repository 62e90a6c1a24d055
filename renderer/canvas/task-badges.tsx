import { Ban, Coins, Repeat, RotateCcw, Zap, type LucideIcon } from 'lucide-react'
import type { JsonValue } from '#core/model/handle.ts'
import type { TaskEstimate } from '#core/model/task-estimate.ts'
import { useEstimates } from '#renderer/stores/estimates.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { estimateInWords, isOverCap } from '#renderer/ui/estimate-words.ts'
import { formatBytes } from '#renderer/ui/format.ts'
import classes from './task-badges.module.css'

type Badge = { readonly icon: LucideIcon; readonly text: string; readonly words: string; readonly alarming?: boolean }

const isSet = (value: JsonValue | undefined): boolean => value !== undefined && value !== null && value !== false

const items = (value: JsonValue | undefined): string => {
  if (Array.isArray(value)) return `× ${value.length}`
  const [, name] = /^\{\{\s*([\w-]+)\s*\}\}$/.exec(typeof value === 'string' ? value : '') ?? []
  return name === undefined ? '' : name
}

const badgesOf = (raw: TaskOutline['raw']): readonly Badge[] => {
  const { retries, cache, for_each: forEach, disabled } = raw
  return [
    ...(typeof retries === 'number' && retries > 0
      ? [{ icon: RotateCcw, text: String(retries), words: `Tried again up to ${retries} times` }]
      : []),
    ...(isSet(cache) ? [{ icon: Zap, text: '', words: 'Results are cached' }] : []),
    ...(isSet(forEach)
      ? [{ icon: Repeat, text: items(forEach), words: `Runs for each item of ${items(forEach)}` }]
      : []),
    ...(disabled === true ? [{ icon: Ban, text: 'disabled', words: 'Does nothing and passes its input through' }] : []),
  ]
}

/** Only what is known: why nothing is known stands in the settings. */
const estimateBadge = (estimate: TaskEstimate | undefined): readonly Badge[] =>
  estimate?.kind === 'bytes'
    ? [
        {
          icon: Coins,
          text: formatBytes(estimate.bytes),
          words: estimateInWords(estimate),
          alarming: isOverCap(estimate),
        },
      ]
    : []

/** What the run options say of a task, in short, and what it would read where that is paid for. */
export const TaskBadges = ({ task: { id, raw } }: { task: TaskOutline }) => {
  const estimate = useEstimates(({ tasks }) => tasks.get(id)?.answer)
  const badges = [...badgesOf(raw), ...estimateBadge(estimate)]
  if (badges.length === 0) return null
  return (
    <ul className={classes['badges']}>
      {badges.map(({ icon: Icon, text, words, alarming }) => (
        <li key={words} className={classes['badge']} data-alarming={alarming || undefined} title={words}>
          <Icon size={11} strokeWidth={2.25} role="img" aria-label={words} />
          {text}
        </li>
      ))}
    </ul>
  )
}
