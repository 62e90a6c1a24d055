import { z } from 'zod'
import { parseDuration } from '#core/model/duration.ts'

const column = z.string().min(1)
const columns = z.array(column).min(1)
const bound = z.union([z.number(), z.string().min(1)])

/** What a rule that does not hold does: the task fails, or goes on with a warning. */
const severity = z.enum(['fail', 'warn']).default('fail')

const rows = z
  .strictObject({
    rule: z.literal('rows'),
    exactly: z.number().int().min(0).optional(),
    at_least: z.number().int().min(0).optional(),
    at_most: z.number().int().min(0).optional(),
    severity,
  })
  .refine(
    ({ exactly, at_least, at_most }) => (exactly ?? at_least ?? at_most) !== undefined,
    'Give exactly, at_least or at_most',
  )

const range = z
  .strictObject({ rule: z.literal('range'), column, min: bound.optional(), max: bound.optional(), severity })
  .refine(({ min, max }) => (min ?? max) !== undefined, 'Give min or max')

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * The newest value of a date or time column is no older than `within` when the check runs; values that lie in the future
 * are not looked at. A time without a zone is one in `time_zone`; a date lasts until its midnight there.
 */
const freshness = z.strictObject({
  rule: z.literal('freshness'),
  column,
  within: z
    .union([z.number(), z.string()])
    .refine((text) => (parseDuration(text) ?? 0) > 0, 'A duration such as 1d or 6h'),
  time_zone: z.string().refine(isTimeZone, 'A time zone such as UTC or Europe/Paris').default('UTC'),
  severity,
})

/** Null values break `not_null` only; the other rules look at the values there are. */
export const rules = z.discriminatedUnion('rule', [
  rows,
  z.strictObject({ rule: z.literal('not_null'), columns, severity }),
  /** The columns together: no two rows have the same values in all of them. */
  z.strictObject({ rule: z.literal('unique'), columns, severity }),
  range,
  z.strictObject({
    rule: z.literal('in_set'),
    column,
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
    severity,
  }),
  /** The whole value, as text, fits a regular expression (RE2). */
  z.strictObject({ rule: z.literal('pattern'), column, matches: z.string().min(1), severity }),
  freshness,
])

export type Rule = z.output<typeof rules>
export type RuleOf<R extends Rule['rule']> = Extract<Rule, { rule: R }>
