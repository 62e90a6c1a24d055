import { expect, test } from 'vitest'
import type { ColumnProfile, TableProfile } from '#core/model/table-profile.ts'
import { driftOf } from './drift.ts'

const number = (name: string, over: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type: 'BIGINT',
  kind: 'number',
  nulls: 0,
  distinct: { count: 900, exact: true },
  min: '0',
  max: '100',
  quantiles: { exact: true, p01: '1', p05: '5', p25: '25', p50: '50', p75: '75', p95: '95', p99: '99' },
  values: [],
  histogram: null,
  ...over,
})

const text = (
  name: string,
  values: Readonly<Record<string, number>>,
  over: Partial<ColumnProfile> = {},
): ColumnProfile => ({
  ...number(name),
  type: 'VARCHAR',
  kind: 'text',
  quantiles: null,
  distinct: { count: Object.keys(values).length, exact: true },
  values: Object.entries(values).map(([value, count]) => ({ value, count })),
  ...over,
})

const table = (rows: number, ...columns: ColumnProfile[]): TableProfile => ({ rows, columns, omitted: [] })

const told = (before: TableProfile, now: TableProfile) =>
  driftOf(before, now).map(({ severity, message }) => `${severity}: ${message}`)

test('columns that are gone, new or of another type are told first', () => {
  const before = table(
    1000,
    number('id'),
    number('fare', { type: 'INTEGER' }),
    number('zone'),
    text('flag', { Y: 1000 }),
  )
  const now = table(
    1000,
    number('ID'),
    number('fare', { type: 'DOUBLE' }),
    text('zone', { a: 1000 }),
    number('tip', { type: 'DECIMAL(9,2)' }),
  )
  expect(told(before, now)).toEqual([
    'alarm: The column flag (VARCHAR) is gone.',
    'alarm: The type of zone is VARCHAR; it was BIGINT.',
    'warning: The column tip (DECIMAL(9,2)) is new.',
    'warning: The type of fare is DOUBLE; it was INTEGER.',
  ])
})

test('a column that only was not looked at is neither new nor gone', () => {
  const wide = { ...table(10, number('a')), omitted: [{ name: 'b', type: 'BIGINT' }] }
  expect(told(wide, table(10, number('a'), number('b')))).toEqual([])
  expect(told(table(10, number('a'), number('b')), wide)).toEqual([])
})

test.each([
  [1000, 0, 'alarm: There are no rows; there were 1,000 rows.'],
  [0, 1, 'warning: There are 1 row; there were none.'],
  [88_605, 40_000, 'alarm: There are 40,000 rows instead of 88,605 (−54.9 %).'],
  [1000, 1150, 'warning: There are 1,150 rows instead of 1,000 (+15.0 %).'],
  [100_000, 100_001, 'note: There are 100,001 rows instead of 100,000.'],
])('from %d to %d rows: %s', (before, now, message) => {
  expect(told(table(before, number('id')), table(now, number('id')))).toEqual([message])
})

test.each([
  [0, 5, 'warning: fare has no value in 0.5 % of rows (before: no row).'],
  [0, 300, 'alarm: fare has no value in 30.0 % of rows (before: no row).'],
  [100, 130, 'note: fare has no value in 13.0 % of rows (before: 10.0 % of rows).'],
  [100, 200, 'warning: fare has no value in 20.0 % of rows (before: 10.0 % of rows).'],
  [900, 1000, 'alarm: fare has no value in every row (before: 90.0 % of rows).'],
  [500, 0, 'warning: fare has a value in every row (before: none in 50.0 % of rows).'],
])('from %d to %d nulls in 1,000 rows: %s', (before, now, message) => {
  expect(told(table(1000, number('fare', { nulls: before })), table(1000, number('fare', { nulls: now })))).toEqual([
    message,
  ])
})

test('a few nulls more or less are no drift', () => {
  expect(told(table(1000, number('fare', { nulls: 100 })), table(1000, number('fare', { nulls: 105 })))).toEqual([])
})

test('a range that grows is told, gravely when it more than doubles', () => {
  const change = (over: Partial<ColumnProfile>) => told(table(1000, number('fare')), table(1000, number('fare', over)))
  expect(change({ min: '-3', max: '120' })).toEqual([
    'note: fare goes down to -3 (before: 0) and up to 120 (before: 100).',
  ])
  expect(change({ max: '99999999999999999999' })).toEqual([
    'warning: fare goes up to 99999999999999999999 (before: 100).',
  ])
  expect(change({ min: '10', max: '90' })).toEqual([])
  expect(change({ max: 'nan' })).toEqual(['warning: fare holds nan (before: from 0 to 100).'])
})

test('a middle that moves is told in widths of the middle half', () => {
  const moved = (by: number) =>
    told(
      table(1000, number('fare')),
      table(
        1000,
        number('fare', {
          quantiles: {
            exact: true,
            p01: '1',
            p05: '5',
            p25: `${25 + by}`,
            p50: `${50 + by}`,
            p75: `${75 + by}`,
            p95: '95',
            p99: '99',
          },
        }),
      ),
    )
  expect(moved(4)).toEqual([])
  expect(moved(10)).toEqual([
    'note: The middle half of fare goes from 35 to 85, around 60; it was from 25 to 75, around 50.',
  ])
  expect(moved(20)[0]).toMatch(/^warning: /)
  expect(moved(-60)[0]).toMatch(/^alarm: /)
})

test('time that goes on is for the record only', () => {
  const month = (year: number) =>
    number('day', {
      type: 'DATE',
      kind: 'time',
      min: `${year}-01-01`,
      max: `${year}-01-31`,
      quantiles: {
        exact: true,
        p01: `${year}-01-01`,
        p05: `${year}-01-02`,
        p25: `${year}-01-08`,
        p50: `${year}-01-16`,
        p75: `${year}-01-24`,
        p95: `${year}-01-30`,
        p99: `${year}-01-31`,
      },
    })
  expect(told(table(31, month(2020)), table(31, month(2021)))).toEqual([
    'note: day goes up to 2021-01-31 (before: 2020-01-31).',
    'note: The middle half of day goes from 2021-01-08 to 2021-01-24, around 2021-01-16; it was from 2020-01-08 to 2020-01-24, around 2020-01-16.',
  ])
})

test('values of a column with few of them that came and went', () => {
  const before = table(1000, text('borough', { Queens: 600, Bronx: 392, EWR: 8 }))
  const now = table(1000, text('borough', { Queens: 999, 'Staten Island': 1 }))
  expect(told(before, now)).toEqual([
    'warning: New in borough: “Staten Island” (1 row).',
    'warning: No longer in borough: “Bronx” (392 rows), “EWR” (8 rows).',
  ])
  expect(told(before, table(1000, text('borough', { Queens: 600, Bronx: 400 })))).toEqual([
    'note: No longer in borough: “EWR” (8 rows).',
  ])
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`v${n}`, 1]))
  expect(told(before, table(1000, text('borough', { Queens: 600, Bronx: 392, EWR: 8, ...many })))[0]).toMatch(
    /“v4” \(1 row\) and 4 more\.$/,
  )
})

test('of a column whose values are not all listed, none is new', () => {
  const frequent = (value: string) => text('id', { [value]: 2 }, { distinct: { count: 900, exact: true } })
  expect(told(table(1000, frequent('a')), table(1000, frequent('b')))).toEqual([])
})
