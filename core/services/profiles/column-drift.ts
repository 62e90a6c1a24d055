import type { ColumnProfile, DriftFinding, DriftSeverity, Quantiles } from '#core/model/table-profile.ts'
import { positionOf } from './position.ts'

/** Shifts of a column that has an order. Times move on by themselves, so for them it is a note. */
export const columnDrift = (before: ColumnProfile, now: ColumnProfile): readonly DriftFinding[] =>
  before.kind === 'number' || before.kind === 'time' ? [...rangeDrift(before, now), ...middleDrift(before, now)] : []

const rangeDrift = (before: ColumnProfile, now: ColumnProfile): DriftFinding[] => {
  const at = (text: string | null) => positionOf(now.kind, text)
  const [low, high, lowNow, highNow] = [at(before.min), at(before.max), at(now.min), at(now.max)]
  if (low === null || high === null || lowNow === null || highNow === null) return notNumbers(before, now)
  const spread = Math.max(high - low, Math.abs(high) * 1e-9)
  const beyond = Math.max(low - lowNow, highNow - high) / (spread || 1)
  const ends = [
    ...(lowNow < low ? [`down to ${now.min} (before: ${before.min})`] : []),
    ...(highNow > high ? [`up to ${now.max} (before: ${before.max})`] : []),
  ]
  if (ends.length === 0) return []
  const severity: DriftSeverity = now.kind === 'number' && beyond > 1 ? 'warning' : 'note'
  return [{ kind: 'range', column: now.name, severity, message: `${now.name} goes ${ends.join(' and ')}.` }]
}

/** NaN and infinity have no place on a line; that they are there is worth a look. */
const notNumbers = (before: ColumnProfile, now: ColumnProfile): DriftFinding[] => {
  const odd = [now.min, now.max].filter((end) => end !== null && positionOf(now.kind, end) === null)
  const isNew = odd.some((end) => end !== before.min && end !== before.max)
  if (!isNew || now.kind !== 'number') return []
  const message = `${now.name} holds ${[...new Set(odd)].join(' and ')} (before: from ${before.min} to ${before.max}).`
  return [{ kind: 'range', column: now.name, severity: 'warning', message }]
}

type Figures = { readonly low: number; readonly middle: number; readonly high: number; readonly wide: number }

const figuresOf = (kind: string, { p05, p25, p50, p75, p95 }: Quantiles): Figures | null => {
  const at = (text: string) => positionOf(kind, text) ?? Number.NaN
  const figures = { low: at(p25), middle: at(p50), high: at(p75), wide: at(p95) - at(p05) }
  return Object.values(figures).some(Number.isNaN) ? null : figures
}

/** How far the middle half moved, in widths of the middle half before. */
const middleDrift = (before: ColumnProfile, now: ColumnProfile): DriftFinding[] => {
  if (!before.quantiles || !now.quantiles) return []
  const [was, is] = [figuresOf(before.kind, before.quantiles), figuresOf(now.kind, now.quantiles)]
  if (!was || !is) return []
  const unit = was.high - was.low || was.wide || Math.abs(was.middle) || 1
  const shift = Math.max(...(['low', 'middle', 'high'] as const).map((at) => Math.abs(is[at] - was[at]))) / unit
  if (shift < 0.1) return []
  const severity: DriftSeverity =
    now.kind === 'time' ? 'note' : shift >= 1 ? 'alarm' : shift >= 0.25 ? 'warning' : 'note'
  const halves = (of: Quantiles) => `from ${of.p25} to ${of.p75}, around ${of.p50}`
  const message = `The middle half of ${now.name} goes ${halves(now.quantiles)}; it was ${halves(before.quantiles)}.`
  return [{ kind: 'distribution', column: now.name, severity, message }]
}
