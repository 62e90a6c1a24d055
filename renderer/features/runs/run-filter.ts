import type { FlowRun } from '#core/model/flow-run.ts'

export const spans = {
  any: 'Any time',
  hour: 'Last hour',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  month: 'Last 30 days',
  between: 'Between …',
} as const
export type Span = keyof typeof spans

export type RunFilter = {
  readonly flow: string
  readonly states: readonly string[]
  readonly tag: string
  readonly text: string
  readonly span: Span
  /** For `between`: days as `2026-11-20`, both included; empty for no bound. */
  readonly from: string
  readonly to: string
  /** With the runs that tasks of other runs asked for. */
  readonly subflows: boolean
}

export const everything: RunFilter = {
  flow: '',
  states: [],
  tag: '',
  text: '',
  span: 'any',
  from: '',
  to: '',
  subflows: false,
}

const hour = 3_600_000
const lengths = { hour, day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour } as const

const dayAt = (day: string, later: number): number | null => {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number)
  const time = new Date(year, month - 1, date + later).getTime()
  return Number.isNaN(time) ? null : time
}

/** Milliseconds since 1970; `before` is left out. Null where there is no bound. */
export const spanOf = (
  { span, from, to }: Pick<RunFilter, 'span' | 'from' | 'to'>,
  now: number,
): { readonly since: number | null; readonly before: number | null } => {
  switch (span) {
    case 'any':
      return { since: null, before: null }
    case 'between':
      return { since: dayAt(from, 0), before: dayAt(to, 1) }
    default:
      return { since: now - lengths[span], before: null }
  }
}

/** Whether a run that is not in the list belongs there, as far as it can be told here. */
export const isNews = (filter: RunFilter, { flow, name, state, tags, parent }: FlowRun): boolean =>
  (filter.subflows || parent === null) &&
  (filter.flow === '' || flow === filter.flow) &&
  (filter.states.length === 0 || filter.states.includes(state.name)) &&
  (filter.tag === '' || tags.includes(filter.tag)) &&
  `${name}\n${flow}`.toLowerCase().includes(filter.text.toLowerCase()) &&
  (filter.span !== 'between' || filter.to === '')
