import {
  Check, Clock, CircleDashed, Hand, Hourglass, Loader, Minus, Pause, RotateCw, Sparkle, Square, X, Zap, type LucideIcon,
} from 'lucide-react' // prettier-ignore
import type { StateName } from '#core/model/state.ts'
import classes from './state-badge.module.css'

/** Icon and colour of each state; the word always stands beside them. */
const looks: Readonly<Record<StateName, { readonly icon: LucideIcon; readonly tone: string }>> = {
  Scheduled: { icon: Clock, tone: 'scheduled' },
  Late: { icon: Clock, tone: 'late' },
  AwaitingRetry: { icon: RotateCw, tone: 'late' },
  Pending: { icon: CircleDashed, tone: 'quiet' },
  Running: { icon: Loader, tone: 'running' },
  Retrying: { icon: RotateCw, tone: 'late' },
  Completed: { icon: Check, tone: 'good' },
  Cached: { icon: Zap, tone: 'good' },
  Skipped: { icon: Minus, tone: 'quiet' },
  Failed: { icon: X, tone: 'bad' },
  TimedOut: { icon: Hourglass, tone: 'bad' },
  Crashed: { icon: Sparkle, tone: 'crashed' },
  Cancelling: { icon: Square, tone: 'quiet' },
  Cancelled: { icon: Square, tone: 'quiet' },
  Paused: { icon: Pause, tone: 'paused' },
}

type Look = (typeof looks)[StateName]

/** A task run that waits because somebody holds it shows that in place of its state. */
const heldLook: Look = { icon: Hand, tone: 'paused' }

const moving = new Set<StateName>(['Running', 'Retrying', 'Cancelling'])

type Props = { readonly state: StateName; readonly held?: boolean }

export const StateIcon = ({ state, held = false, size = 14 }: Props & { size?: number }) => {
  const { icon: Icon, tone } = held ? heldLook : looks[state]
  return (
    <span className={classes['icon']} data-tone={tone} data-moving={moving.has(state) || undefined}>
      <Icon size={size} aria-hidden strokeWidth={2.25} />
    </span>
  )
}

export const StateBadge = ({ state, held = false }: Props) => (
  <span className={classes['badge']} data-tone={(held ? heldLook : looks[state]).tone}>
    <StateIcon state={state} held={held} />
    {held ? 'Held' : state}
  </span>
)
