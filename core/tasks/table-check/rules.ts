import { z } from 'zod'

const bound = z.union([z.number(), z.string().min(1)])
const names = z.array(z.string().min(1)).min(1)

const rows = z
  .strictObject({
    rule: z.literal('rows'),
    exactly: z.number().int().min(0).optional(),
    at_least: z.number().int().min(0).optional(),
    at_most: z.number().int().min(0).optional(),
  })
  .refine(
    ({ exactly, at_least, at_most }) => (exactly ?? at_least ?? at_most) !== undefined,
    'Give exactly, at_least or at_most',
  )

const range = z
  .strictObject({ rule: z.literal('range'), column: z.string().min(1), min: bound.optional(), max: bound.optional() })
  .refine(({ min, max }) => (min ?? max) !== undefined, 'Give min or max')

/** Null values break `not_null` only; the other rules look at the values there are. */
export const rules = z.discriminatedUnion('rule', [
  rows,
  z.strictObject({ rule: z.literal('not_null'), columns: names }),
  /** The columns together: no two rows have the same values in all of them. */
  z.strictObject({ rule: z.literal('unique'), columns: names }),
  range,
])

export type Rule = z.output<typeof rules>
