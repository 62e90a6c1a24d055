import { counted } from '#core/model/counted.ts'
import type { ColumnProfile, DriftFinding } from '#core/model/table-profile.ts'

const shown = 5
/** A value that so small a part of the rows had may be missing by chance. */
const rare = 0.01

type Values = ColumnProfile['values']

const listed = (values: Values): string => {
  const some = values.slice(0, shown).map(({ value, count }) => `“${value}” (${counted(count, 'row')})`)
  const rest = values.length - some.length
  return rest > 0 ? `${some.join(', ')} and ${rest} more` : some.join(', ')
}

const without = (values: Values, known: Values): Values => {
  const names = new Set(known.map(({ value }) => value))
  return values.filter(({ value }) => !names.has(value))
}

/** Values of a column with few of them that came and went. */
export const valuesDrift = (before: ColumnProfile, now: ColumnProfile, rowsBefore: number): readonly DriftFinding[] => {
  const added = without(now.values, before.values)
  const gone = without(before.values, now.values)
  const most = Math.max(0, ...gone.map(({ count }) => count))
  const finding = (severity: DriftFinding['severity'], message: string): DriftFinding => ({
    kind: 'values',
    column: now.name,
    severity,
    message,
  })
  return [
    ...(added.length > 0 ? [finding('warning', `New in ${now.name}: ${listed(added)}.`)] : []),
    ...(gone.length > 0
      ? [finding(most > rowsBefore * rare ? 'warning' : 'note', `No longer in ${now.name}: ${listed(gone)}.`)]
      : []),
  ]
}
