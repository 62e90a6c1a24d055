import { isTerminal, stateType, type State, type StateName } from '#core/model/state.ts'

/** A stretch of time in which a run was in one state; `to` is null while it still is. Milliseconds since 1970. */
export type Segment = {
  readonly kind: 'slot' | 'retry' | 'run' | 'pause' | 'mark'
  readonly from: number
  readonly to: number | null
  /** What it ended as, or is. */
  readonly outcome: StateName
  /** From 1, for `run`. */
  readonly attempt: number
  readonly message: string | null
}

const kindOf = (state: State): Segment['kind'] | null => {
  switch (stateType(state)) {
    case 'RUNNING':
    case 'CANCELLING':
      return 'run'
    case 'PENDING':
      return 'slot'
    case 'SCHEDULED':
      return state.name === 'AwaitingRetry' ? 'retry' : 'slot'
    case 'PAUSED':
      return 'pause'
    default:
      return null
  }
}

/** The stretches between states, and a mark where it ended without ever running: skipped, or taken from the cache. */
export const segmentsOf = (states: readonly State[]): readonly Segment[] => {
  const segments: Segment[] = []
  let attempt = 0
  for (const [index, state] of states.entries()) {
    const before = states[index - 1]
    const next = states[index + 1]
    const kind = kindOf(state)
    if (kind === 'run' && state.name !== 'Cancelling') attempt += 1
    if (kind !== null) {
      segments.push({
        kind,
        from: state.at,
        to: next?.at ?? null,
        outcome: next?.name ?? state.name,
        attempt,
        message: next?.message ?? state.message,
      })
    } else if (isTerminal(state) && (before === undefined || kindOf(before) !== 'run')) {
      // A failed try that is followed by a wait has a stretch of its own already.
      segments.push({
        kind: 'mark',
        from: state.at,
        to: state.at,
        outcome: state.name,
        attempt,
        message: state.message,
      })
    }
  }
  return segments
}

export type Span = { readonly from: number; readonly to: number }

/** From the first to the last moment of all of them; at least a second, so that something can be drawn. */
export const spanOf = (all: readonly (readonly State[])[], now: number): Span | null => {
  let from = Infinity
  let to = -Infinity
  for (const states of all) {
    const [first] = states
    const last = states.at(-1)
    if (!first || !last) continue
    from = Math.min(from, first.at)
    to = Math.max(to, isTerminal(last) ? last.at : now)
  }
  return from > to ? null : { from, to: Math.max(to, from + 1000) }
}

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000]
const minute = 60_000
const longSteps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * minute)

/** Moments for the axis, about as many as asked for, at round distances from `origin`. */
export const ticksOf = ({ from, to }: Span, origin: number, most: number): readonly number[] => {
  const wanted = (to - from) / Math.max(1, most)
  const step = [...steps, ...longSteps].find((one) => one >= wanted) ?? Math.ceil(wanted / minute) * minute
  const first = Math.ceil((from - origin) / step)
  const last = Math.floor((to - origin) / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => origin + (first + index) * step)
}

/** Nearer to or further from a moment, which stays where it is; never beyond a hundredth of a second or the whole. */
export const zoomed = (span: Span, whole: Span, at: number, factor: number): Span | null => {
  const length = Math.max(10, (span.to - span.from) * factor)
  if (length >= whole.to - whole.from) return null
  const part = (at - span.from) / (span.to - span.from)
  const from = Math.max(whole.from, Math.min(whole.to - length, at - part * length))
  return { from, to: from + length }
}

export const panned = (span: Span, whole: Span, part: number): Span => {
  const length = span.to - span.from
  const from = Math.max(whole.from, Math.min(whole.to - length, span.from + part * length))
  return { from, to: from + length }
}
