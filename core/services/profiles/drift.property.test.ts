import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnKinds, driftSeverities, type ColumnProfile, type TableProfile } from '#core/model/table-profile.ts'
import { driftOf } from './drift.ts'

const figure = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(String),
  fc
    .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-01-01') })
    .map((date) => date.toISOString().slice(0, 10)),
  fc.constantFrom('nan', 'inf', '-inf', '', '0', '12:30:00'),
)

const quantiles = fc.record({
  exact: fc.boolean(),
  p01: figure,
  p05: figure,
  p25: figure,
  p50: figure,
  p75: figure,
  p95: figure,
  p99: figure,
})

const column = (rows: number) =>
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 5 }),
    type: fc.constantFrom('BIGINT', 'DOUBLE', 'VARCHAR', 'DATE', 'INTEGER[]'),
    kind: fc.constantFrom(...columnKinds),
    nulls: fc.nat(rows),
    distinct: fc.record({ count: fc.nat(10), exact: fc.boolean() }),
    min: fc.option(figure),
    max: fc.option(figure),
    quantiles: fc.option(quantiles),
    values: fc.uniqueArray(fc.record({ value: fc.string(), count: fc.nat(100) }), {
      selector: ({ value }) => value,
      maxLength: 10,
    }),
    histogram: fc.constant(null),
  })

const profile: fc.Arbitrary<TableProfile> = fc.nat(10_000).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    columns: fc.uniqueArray<ColumnProfile, string>(column(rows), {
      selector: ({ name }) => name.toLowerCase(),
      maxLength: 6,
    }),
    omitted: fc.constant([]),
  }),
)

test('no table has drifted from itself', () => {
  fc.assert(
    fc.property(profile, (one) => {
      expect(driftOf(one, one)).toEqual([])
    }),
  )
})

test('every difference is a sentence, the gravest first, and each column is added or removed once', () => {
  fc.assert(
    fc.property(profile, profile, (before, now) => {
      const findings = driftOf(before, now)
      for (const { message } of findings) expect(message).toMatch(/^[^\n]*\S.*\.$/s)
      const ranks = findings.map(({ severity }) => driftSeverities.indexOf(severity))
      expect(ranks).toEqual(ranks.toSorted((a, b) => b - a))
      const added = findings.filter(({ kind }) => kind === 'column-added').length
      const removed = findings.filter(({ kind }) => kind === 'column-removed').length
      expect(before.columns.length + added - removed).toBe(now.columns.length)
      expect(findings.some(({ kind }) => kind === 'rows')).toBe(before.rows !== now.rows)
    }),
  )
})
