import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { failure, file, jobs, rows, table } from './testing/read-files.ts'

afterAll(jobs.close)

const lines = '{"a":1,"b":"x"}\n\n{"b":"y","a":2,"c":[1,2.50]}\n'
const array = '[{"a":1,"b":"x"},\n {"a":2,"b":"y","c":[1,2.50]}]\n'
const documents = '{\n "a": 1,\n "b": "x"\n}\n{\n "a": 2, "b": "y", "c": [1, 2.50] }\n'
const expected = [
  { a: 1, b: 'x', c: null },
  { a: 2, b: 'y', c: '[1,2.5]' },
]

test.each([
  ['objects, one a line', lines],
  ['an array', array],
  ['objects one after another', documents],
  ['an array with a byte order mark', `\ufeff${array}`],
  ['lines in gzip', gzipSync(lines)],
  ['an array in gzip', gzipSync(array)],
  ['lines in zstd', zstdCompressSync(lines)],
  ['an array in zstd', zstdCompressSync(array)],
])('%s is read by its content, and what is nested is JSON text', async (_, content) => {
  const path = file(content, 'data.txt')
  expect((await table(path)).types).toEqual({ a: 'BIGINT', b: 'VARCHAR', c: 'JSON' })
  expect(await rows(path)).toEqual(expected)
})

test('CSV in zstd is read as CSV', async () => {
  expect(await rows(file(zstdCompressSync('a,b\n1,x\n')))).toEqual([{ a: 1, b: 'x' }])
})

test.each([
  [['1', '9007199254740993'], 'BIGINT', '9007199254740993'],
  [['1', '9223372036854775808'], 'HUGEINT', '9223372036854775808'],
  [['1', '12345678901234567890123'], 'HUGEINT', '12345678901234567890123'],
  [['1', '1.5'], 'DOUBLE', 1.5],
  [['1e3', '2'], 'DOUBLE', 2],
  [['1.5', '12345678901234567.89'], 'DECIMAL(38,2)', '12345678901234567.89'],
  [['0.1', '0.30000000000000004'], 'DOUBLE', 0.30000000000000004],
  [['[1]', '{"x":12345678901234567.89}'], 'JSON', '{"x":12345678901234567.89}'],
  [['"a \\" 1.0"', '"12345678901234567.89"'], 'VARCHAR', '12345678901234567.89'],
  [['true', 'false'], 'BOOLEAN', false],
  [['"007"', '"12"'], 'VARCHAR', '12'],
  [['"2020-11-01"', '"2020-11-02"'], 'DATE', '2020-11-02'],
  [['"2020-11-01"', '"2020-11-02 10:00:00"'], 'TIMESTAMP', '2020-11-02 10:00:00'],
  [['"2020-11-01"', '"soon"'], 'VARCHAR', 'soon'],
  [['{"x":1}', '[1]'], 'JSON', '[1]'],
  [['1', '{"x":1}'], 'JSON', '{"x":1}'],
  [['"x"', '2'], 'VARCHAR', '2'],
  [['null', 'null'], 'VARCHAR', null],
])('%j is read as %s', async ([first, last], type, value) => {
  const early = Array.from({ length: 3000 }, (_, index) => `{"n":${index},"a":${first}}`)
  const path = file([...early, `{"n":3000,"a":${last}}`, ''].join('\n'))
  expect((await table(path)).types).toEqual({ n: 'BIGINT', a: type })
  expect((await rows(path)).find(({ n }) => n === 3000)?.['a']).toEqual(value)
})

test('a key that comes late is a column, also where names differ only in case or are empty', async () => {
  const path = file(['{"a":1}', '{"A":2,"":3,"b/c":4}', ''].join('\n'))
  const found = await table(path)
  expect(await rows(path)).toEqual([
    { A: null, a_2: 1, column_3: null, 'b/c': null },
    { A: 2, a_2: null, column_3: 3, 'b/c': 4 },
  ])
  expect(found.log).toContainEqual(containing(/^warning: .*read as a_2/))
})

test('texts and numbers side by side are read as text, with a warning', async () => {
  expect((await table(file('{"a":1}\n{"a":"x"}\n'))).log).toContainEqual(containing(/^warning: Column a holds texts/))
})

test('declared types and chosen columns', async () => {
  const path = file('{"a":"1","b":[1,2],"c":1}\n')
  const types = { a: 'INTEGER', b: 'BIGINT[]' }
  expect((await table(path, { types, columns: ['b', 'a'] })).types).toEqual({ b: 'BIGINT[]', a: 'INTEGER' })
  expect(await rows(path, { types, columns: ['b', 'a'] })).toEqual([{ b: ['1', '2'], a: 1 }])
  expect(await failure(file('{"a":1.5}\n'), { types: { a: 'BIGINT' } })).toMatch(/column “a” holds “1\.5”, which is no/)
})

test.each([
  ['a broken line', '{"a":1}\n\n{"a":2\n{"a":3}\n', /line 3: the JSON is broken/],
  ['a row that is no object', '{"a":1}\n\n5\n', /line 3: the row is no JSON object/],
  ['an array of other things', '[{"a":1}, 5]', /a row is no JSON object/],
  ['an array that is broken', '[{"a":1}\n,{"a":2\n]', /near value 3: the JSON is broken/],
  ['an array that was cut', '[{"a":1},\n{"a":2},', /the JSON array is not closed/],
  ['an array in gzip that was cut', gzipSync('[{"a":1},\n{"a":2},'), /the JSON array is not closed/],
  ['a key that stands twice', '{"a":1}\n{"a":2,"a":3}\n', /line 2: an object has the key “a” twice/],
  ['an array without rows', '[]', /is empty/],
])('%s is refused with its place', async (_, content, message) => {
  expect(await failure(file(content, 'data.json'))).toMatch(message)
})

test('JSON where CSV is asked for, and the other way round', async () => {
  expect(await failure(file('a,b\n1,2\n'), { format: 'json' })).toMatch(
    /is no JSON file\. Set the format to auto or csv/,
  )
  expect((await table(file('{"a":1}\n'), { format: 'csv' })).columns).toHaveLength(1)
})
