import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { handleOf, tableJobs, tableOf } from '#test/fixtures/table-job.ts'
import { tableRead } from './index.ts'
import { failure, file, jobs, rows, table } from './testing/read-files.ts'

afterAll(jobs.close)

test('a value in the last row decides the type of its column', async () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => `${index},${index}`)
  const path = file(['a,b', ...numbers, '1.5,x', ''].join('\n'))
  expect((await table(path)).types).toEqual({ a: 'DOUBLE', b: 'VARCHAR' })
})

test('a column whose first values are all at the end is found', async () => {
  const path = file(['a,b', ...Array.from({ length: 20_000 }, () => '1,'), '1,2021-05-01', ''].join('\n'))
  expect((await table(path)).types).toEqual({ a: 'BIGINT', b: 'DATE' })
})

test.each([
  ['007', 'VARCHAR'],
  ['1_000', 'VARCHAR'],
  ['.20', 'DOUBLE'],
  ['-3.5e2', 'DOUBLE'],
  ['9223372036854775808', 'HUGEINT'],
  ['true', 'BOOLEAN'],
  ['Y', 'VARCHAR'],
  ['2020-11-01', 'DATE'],
  ['2020-11-01 00:08:23', 'TIMESTAMP'],
  ['2020-11-01T00:08:23Z', 'TIMESTAMP WITH TIME ZONE'],
  ['2020-11-01 00:08:23-05', 'TIMESTAMP WITH TIME ZONE'],
  ['infinity', 'VARCHAR'],
  ['NaN', 'VARCHAR'],
  ['12:30', 'TIME'],
  ['+491712345678', 'VARCHAR'],
  ['+1.5', 'VARCHAR'],
  ['1E5', 'VARCHAR'],
  ['1e-05', 'DOUBLE'],
  ['1e+16', 'DOUBLE'],
  ['1.5E5', 'DOUBLE'],
  ['2020-11-01 00:08:23.123456', 'TIMESTAMP'],
  ['2020-11-01 00:08:23.123456789', 'VARCHAR'],
  ['2020-11-01 00:08:23.123456789Z', 'VARCHAR'],
  ['2020-11-01 00:08:23 UTC', 'VARCHAR'],
  ['12:30:00.1234567', 'VARCHAR'],
])('%s is read as %s, first or late', async (value, type) => {
  const late = ['a,b', ...Array.from({ length: 3000 }, () => `,${value}`), `${value},${value}`, ''].join('\n')
  expect((await table(file(late))).types).toEqual({ a: type, b: type })
})

test('types are remembered by the content of the file, however it is called', async () => {
  const content = ['a,b', '1,x', '2,y', ''].join('\n')
  const remembering = tableJobs({}, 'types')
  onTestFinished(remembering.close)
  const read = async (path: string, settings = {}) =>
    tableOf((await remembering.outputs([{ type: tableRead, with: { path, ...settings } }]))[0]).columns
  const remembered = () => readdirSync(join(remembering.folder, 'types'))
  const first = await read(file(content))
  expect(remembered()).toHaveLength(1)
  expect(await read(file(content, 'another.csv'))).toEqual(first)
  expect(remembered()).toHaveLength(1)
  await read(file(content), { null_text: ['1'] })
  await read(file(`${content}z,z\n`))
  expect(remembered()).toHaveLength(3)
  writeFileSync(join(remembering.folder, 'types', remembered()[0] ?? ''), '{ cut')
  expect(await read(file(content))).toEqual(first)
})

test('dates become timestamps when a time comes late, numbers text when a word does', async () => {
  const days = Array.from({ length: 3000 }, () => '2020-11-01,12')
  const path = file(['a,b', ...days, '2020-11-02 10:00:00,x', ''].join('\n'))
  expect((await table(path)).types).toEqual({ a: 'TIMESTAMP', b: 'VARCHAR' })
})

test.each([
  ['2020-11-01 10:00:00', '2020-11-01 10:00:00.123456789'],
  ['2020-11-01 10:00:00', '2020-11-01 10:00:00 UTC'],
  ['2020-11-01 10:00:00', '2020-1-1 1:0:00-05'],
  ['10:00:00', '1:00:00.1234567'],
  ['1.5', '1E5'],
  ['1.5', '+1'],
])('after hundreds of %s one %s makes the column text, and nothing of it is lost', async (usual, last) => {
  const path = file(['a', ...Array.from({ length: 600 }, () => usual), last, ''].join('\n'))
  expect((await table(path)).types).toEqual({ a: 'VARCHAR' })
  expect((await rows(path)).at(-1)).toEqual({ a: last })
})

test('an exponent of a number in JSON is no code', async () => {
  expect((await table(file('{"a":1E5}\n{"a":2}\n', 'numbers.ndjson'))).types).toEqual({ a: 'DOUBLE' })
})

test('a whole number that a DOUBLE rounds keeps its digits beside fractions', async () => {
  const found = await rows(file('a\n1.5\n9007199254740993\n'))
  expect(found).toEqual([{ a: '1.5' }, { a: '9007199254740993.0' }])
})

test('an empty text in quotes is a text, and no value where that is asked', async () => {
  const path = file('a,b\n"",1\n,"2"\n"NULL",NULL\nNULL,\n')
  const settings = { null_text: ['', 'NULL'] }
  expect((await rows(path, settings)).map((row) => row['a'])).toEqual(['', null, 'NULL', null])
  expect((await rows(path, { ...settings, quoted_nulls: true })).map((row) => row['a'])).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('in a column of numbers or moments null text in quotes can only be no value', async () => {
  const path = file('a,b,c\n"1","x","2020-11-01"\n"","",""\n"2","y","NULL"\n"NULL",,"2020-11-02"\n')
  const settings = { null_text: ['', 'NULL'] }
  const found = await table(path, settings)
  expect(found.types).toEqual({ a: 'BIGINT', b: 'VARCHAR', c: 'DATE' })
  const values = [
    { a: 1, b: 'x', c: '2020-11-01' },
    { a: null, b: '', c: null },
    { a: 2, b: 'y', c: null },
    { a: null, b: null, c: '2020-11-02' },
  ]
  expect(await rows(path, settings)).toEqual(values)
  expect(await rows(path, { ...settings, types: { a: 'BIGINT', b: 'VARCHAR', c: 'DATE' } })).toEqual(values)
  for (const type of ['BIGINT', 'DOUBLE', 'DATE', 'BOOLEAN', 'UUID', 'DECIMAL(6,2)'])
    expect(await rows(file('a,b\n"",1\n'), { types: { a: type } })).toEqual([{ a: null, b: 1 }])
})

test('a column that has no value in its first hundreds of rows, all of them in quotes, gets the type of those it has', async () => {
  const path = file(['a,b', ...Array.from({ length: 2000 }, () => '"",x'), '"7",y', ''].join('\n'))
  expect((await table(path)).types).toEqual({ a: 'BIGINT', b: 'VARCHAR' })
  expect((await rows(path)).at(-1)).toEqual({ a: 7, b: 'y' })
})

test('a declared type that a value does not fit is refused with line, column and value', async () => {
  const path = file('a,b\n1,x\n2,y\nmany,z\n', 'rides.csv')
  expect(await failure(path, { types: { a: 'BIGINT' } })).toMatch(
    /rides\.csv, line 4: column “a” holds “many”, which is no BIGINT/,
  )
})

test.each([
  ['BIGINT', '1.5'],
  ['INTEGER', '15e-1'],
  ['INTEGER', '3000000000'],
  ['DATE', '2020-11-01 10:00:00'],
  ['DECIMAL(6, 2)', '1.005'],
  ['TIMESTAMP', '11/01/2020'],
  ['BOOLEAN', 'maybe'],
  ['TIMESTAMP', '2020-11-01 10:00:00+05:00'],
  ['TIMESTAMP', '2020-11-01T10:00:00Z'],
  ['TIMESTAMP', '2020-11-01 10:00:00.123456789'],
  ['TIMESTAMP_S', '2020-11-01 10:00:00.5'],
  ['TIME', '10:00:00+05'],
  ['FLOAT', '16777217'],
])('a value is never rounded or cut to fit %s: %s is refused', async (type, value) => {
  expect(await failure(file(`a,b\n,1\n${value},2\n`), { types: { a: type } })).toContain(
    `line 3: column “a” holds “${value}”`,
  )
})

test.each([
  ['BIGINT', '2.0', 2],
  ['BIGINT', ' 12 ', 12],
  ['DATE', '2020-11-01 00:00:00', '2020-11-01'],
  ['DECIMAL(6, 2)', '1.500', '1.50'],
  ['HUGEINT', '170141183460469231731687303715884105727', '170141183460469231731687303715884105727'],
  ['TIMESTAMP', '2020-11-01T10:00', '2020-11-01 10:00:00'],
  ['TIMESTAMP WITH TIME ZONE', '2020-11-01 10:00:00+05:00', '2020-11-01 05:00:00+00'],
])('as %s, “%s” is exact', async (type, value, expected) => {
  const [row] = await rows(file(`a,b\n${value},2\n`), { types: { a: type } })
  expect(row?.['a']).toEqual(expected)
})

test('a moment in JSON keeps its time zone, or is refused, or rejected with its line', async () => {
  const path = file('{"t":"2020-11-01 10:00:00"}\n{"t":"2020-11-01 10:00:00+05:00"}\n', 'moments.ndjson')
  expect(await failure(path, { types: { t: 'TIMESTAMP' } })).toMatch(
    /column “t” holds “2020-11-01 10:00:00\+05:00”, which is no TIMESTAMP\. TIMESTAMPTZ keeps a time zone/,
  )
  const { outcomes } = await jobs.run([
    { type: tableRead, with: { path, types: { t: 'TIMESTAMP' }, bad_rows: 'reject' }, taken: ['table', 'rejects'] },
  ])
  const [first] = outcomes
  if (first?.outcome.kind !== 'completed') throw new Error(JSON.stringify(first?.outcome))
  const { table: kept, rejects } = first.outcome.outputs
  if (kept?.kind !== 'table' || rejects?.kind !== 'table') throw new Error('There is no table.')
  expect(kept.rows).toBe(1)
  expect(await jobs.askTable(rejects, 'SELECT line FROM {input}')).toEqual([{ line: 2 }])
})

test('a result that others take is in a Parquet file with the very same types', async () => {
  const types = {
    a: 'HUGEINT', b: 'DECIMAL(38, 5)', c: 'TIMESTAMP', d: 'DATE', e: 'UBIGINT', f: 'TIME', g: 'TIMESTAMP WITH TIME ZONE', h: 'BIT',
  } // prettier-ignore
  const path = file(
    'a,b,c,d,e,f,g,h\n170141183460469231731687303715884105727,123456789012345678901234567890123.12345,2009-01-01 00:00:01.123456,2020-02-29,18446744073709551615,23:59:59.5,2020-01-01 00:00:00+02,0101\n',
  )
  const [outputs] = await jobs.outputs([
    { type: tableRead, with: { types }, inputs: { files: [await handleOf(path)] }, taken: ['table'] },
  ])
  const kept = tableOf(outputs)
  expect(kept.path).not.toBeNull()
  expect(kept.columns.map(({ type }) => type)).toEqual(Object.values(types).map((type) => type.replace(', ', ',')))
  const [row] = await jobs.askTable(kept, 'SELECT * FROM {input}')
  expect(row).toEqual({
    a: '170141183460469231731687303715884105727',
    b: '123456789012345678901234567890123.12345',
    c: '2009-01-01 00:00:01.123456',
    d: '2020-02-29',
    e: '18446744073709551615',
    f: '23:59:59.5',
    g: containing(/^(2019-12-31 22:00:00\+00|2020-01-01)/),
    h: '0101',
  })
})
