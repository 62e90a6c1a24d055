import type { Limit, Timer } from '#core/model/run-event.ts'
import type { State } from '#core/model/state.ts'
import type { StopReason } from './ports.ts'

/** What a decision asks of the driver. */
export type Command =
  /** Answered by the event `prepared`. */
  | { readonly kind: 'prepare'; readonly taskRuns: readonly string[] }
  /** Ask for slots; answered by `started` or `refused`. */
  | {
      readonly kind: 'admit'
      readonly job: string
      readonly taskRuns: readonly string[]
      readonly limits: readonly Limit[]
    }
  /** Ask no more. */
  | { readonly kind: 'withdraw'; readonly job: string }
  /** Answered by one `outcome` for each member. */
  | { readonly kind: 'start'; readonly job: string; readonly taskRuns: readonly string[] }
  | { readonly kind: 'stop'; readonly job: string; readonly reason: StopReason }
  /** The job has ended; its slots go to others. */
  | { readonly kind: 'free'; readonly job: string }
  | { readonly kind: 'timer'; readonly timer: Timer; readonly due: number }
  | { readonly kind: 'clear'; readonly timer: Timer }
  | { readonly kind: 'ended'; readonly state: State }

/** Timers with the same name replace one another. */
export const timerName = (timer: Timer): string =>
  timer.kind === 'retry' || timer.kind === 'task-timeout' ? `${timer.kind} ${timer.taskRun}` : timer.kind
