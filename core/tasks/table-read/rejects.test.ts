import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { containing } from '#test/fixtures/containing.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { fileOf, handleOf, tableJobs } from '#test/fixtures/table-job.ts'
import { tableRead } from './index.ts'
import { file, jobs } from './testing/read-files.ts'

const other = tableJobs()
afterAll(async () => {
  await jobs.close()
  await other.close()
})

/** Rows and rejects of files read with bad rows rejected. */
const sift = async (paths: readonly string[], settings: Record<string, unknown> = {}) => {
  const files = await Promise.all(paths.map((path) => handleOf(path)))
  const { outcomes, log } = await jobs.run([
    { type: tableRead, with: { bad_rows: 'reject', ...settings }, inputs: { files }, taken: ['table', 'rejects'] },
  ])
  const outcome = outcomes[0]?.outcome
  if (outcome?.kind !== 'completed') throw new Error(JSON.stringify(outcome))
  const { table, rejects } = outcome.outputs
  if (table?.kind !== 'table' || rejects?.kind !== 'table') throw new Error('A table is missing.')
  return {
    rows: await jobs.askTable(table, 'SELECT * FROM {input}'),
    types: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])),
    rejects: (await jobs.askTable(rejects, 'SELECT line, problem, text FROM {input} ORDER BY file, line')).map(
      ({ line, problem, text }) => [line, problem, text],
    ),
    counts: [table.rows, rejects.rows],
    log,
  }
}

const ragged = 'a,b\n1,x\n2\n3,y,z\n\n4,"p\nq"\n'

test.each([
  ['plain', ragged],
  ['with CR LF', ragged.replaceAll('\n', '\r\n')],
  ['with mixed line ends', ragged.replace('1,x\n', '1,x\r\n')],
  ['in gzip', gzipSync(ragged)],
])('lines with another number of fields are left out, %s', async (_, content) => {
  const found = await sift([file(content, 'rides.csv')])
  expect(found.rows.map(({ a }) => a)).toEqual([1, 4])
  expect(found.types).toEqual({ a: 'BIGINT', b: 'VARCHAR' })
  expect(found.rejects).toEqual([
    [3, 'the line has 1 field instead of 2', '2'],
    [4, 'the line has 3 fields instead of 2', '3,y,z'],
  ])
  expect(found.counts).toEqual([2, 2])
  expect(found.log).toContainEqual(
    containing(/^warning: Rejected 2 rows; the first is \d+-rides\.csv, line 3: the line has 1 field instead of 2/),
  )
})

test('a quote that is never closed takes only its own line along', async () => {
  const found = await sift([file('a,b\n1,x\n2,"y\n3,z\n4,"p"q\n5,"r"\n')])
  expect(found.rows.map(({ a }) => a)).toEqual([1, 3, 5])
  expect(found.rejects.map(([line, , text]) => [line, text])).toEqual([
    [3, '2,"y'],
    [5, '4,"p"q'],
  ])
})

test('text that is not UTF-8 and lines beyond all bounds are left out', async () => {
  const bytes = Buffer.concat([
    Buffer.from('a,b\n1,x\n2,'),
    Buffer.from([0xe9]),
    Buffer.from(`\n3,${'y'.repeat(3e6)}\n`),
  ])
  const found = await sift([file(bytes)])
  expect(found.rows).toEqual([{ a: 1, b: 'x' }])
  expect(found.rejects.map(([line, problem]) => [line, problem])).toEqual([
    [3, 'the text is not UTF-8'],
    [4, 'the line is longer than 2 MB'],
  ])
})

test('values that do not fit a declared type are left out, with those of broken lines', async () => {
  const types = { a: 'BIGINT', b: 'DECIMAL(6, 2)', c: 'DATE' }
  const path = file('a,b,c\n1,1.5,2020-01-01\nx,1,2020-01-01\n2,1.005,\n3\n4,,soon\n5,,\n"6",7,"2020-02-02"\n')
  const found = await sift([path], { types, null_text: ['', 'L4'] })
  expect(found.rows.map(({ a }) => a)).toEqual([1, 5, 6])
  expect(found.types).toEqual({ a: 'BIGINT', b: 'DECIMAL(6,2)', c: 'DATE' })
  expect(found.rejects).toEqual([
    [3, 'column “a” holds “x”, which is no BIGINT', 'x,1,2020-01-01'],
    [4, 'column “b” holds “1.005”, which is no DECIMAL(6,2)', '2,1.005,'],
    [5, 'the line has 1 field instead of 3', '3'],
    [6, 'column “c” holds “soon”, which is no DATE', '4,,soon'],
  ])
})

test('a file without a header, quotes or bad rows has an empty table of rejects and no copy', async () => {
  const found = await sift([file('1|x\n2|"y\n')], { header: false, quote: '', delimiter: '|' })
  expect(found.rows).toEqual([
    { column_1: 1, column_2: 'x' },
    { column_1: 2, column_2: '"y' },
  ])
  expect(found.counts).toEqual([2, 0])
})

test('without a header the first line may be a bad one as well', async () => {
  const found = await sift([file('1|x|z\n2|y\n3|z\n4|a|b\n')], { header: false, delimiter: '|' })
  expect(found.rows).toHaveLength(2)
  expect(found.rejects.map(([line]) => line)).toEqual([2, 3])
})

test('lines of JSON', async () => {
  const content = '{"a":1,"b":"x"}\n{"a":2\n\n5\n{"a":3,"b":"\\ud800"}\n{"a":"y"}\n{}\n{"a":4,"c":[1]}\n'
  const found = await sift([file(content), file(gzipSync(content))], { types: { a: 'BIGINT' } })
  expect(found.rows.filter(({ a }) => a !== null)).toEqual([
    { a: 1, b: 'x', c: null },
    { a: 4, b: null, c: '[1]' },
    { a: 1, b: 'x', c: null },
    { a: 4, b: null, c: '[1]' },
  ])
  expect(found.rejects.slice(0, 4)).toEqual([
    [2, 'the JSON is broken', '{"a":2'],
    [4, 'the row is no JSON object', '5'],
    [5, 'the JSON holds half a character', '{"a":3,"b":"\\ud800"}'],
    [6, 'column “a” holds “y”, which is no BIGINT', '{"a":"y"}'],
  ])
  expect(found.counts).toEqual([6, 8])
})

test('Parquet, and a JSON array whose rows cannot be told apart by lines', async () => {
  const csv = file('a,b\n1,x\nno,y\n')
  const outputs = await other.outputs([{ type: tableRead, with: { path: csv } }, { type: tableWrite }])
  const found = await sift([fileOf(outputs[1]).path], { types: { a: 'BIGINT' } })
  expect(found.rows).toEqual([{ a: 1, b: 'x' }])
  expect(found.rejects).toEqual([[2, 'column “a” holds “no”, which is no BIGINT', '{"a":"no","b":"y"}']])
  await expect(sift([file('[{"a":1},{"a":"x"}]')], { types: { a: 'BIGINT' } })).rejects.toThrow(/line of its own/)
})

test('a compressed file that was cut is refused as a whole', async () => {
  const zipped = gzipSync(`a,b\n${'1,2\n'.repeat(5000)}3\n`)
  await expect(sift([file(zipped.subarray(0, -9))])).rejects.toThrow(/ends in the middle/)
})

testWithData('the file that ends in the middle of a line gives its whole rows and one reject', async () => {
  const found = await sift([sharedFile('yellow_tripdata_2021-01.truncated.csv')])
  expect(found.counts).toEqual([22_792, 1])
  expect(found.rejects).toEqual([[22_794, 'the line has 2 fields instead of 18', '1,2021-0']])
})
