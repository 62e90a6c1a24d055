import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { containing } from '#test/fixtures/containing.ts'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { handleOf } from '#test/fixtures/table-job.ts'
import { tableRead } from './index.ts'
import { failure, file, jobs, rows, table } from './testing/read-files.ts'

afterAll(jobs.close)

testWithData.each([
  ['green_tripdata_2020-11.csv.gz', 88_605, 20],
  ['green_tripdata_2020-11.pandas.parquet', 88_605, 22],
  ['green_tripdata_2023-01.parquet', 68_211, 20],
  ['yellow_tripdata_sample_2019-01.csv.gz', 10_000, 18],
  ['yellow_tripdata_sample_2020-06.csv.gz', 10_000, 18],
  ['taxi_zone_lookup.csv', 265, 4],
  ['taxi_zone_lookup.lf.csv', 265, 4],
])('%s has %d rows and %d columns', async (name, count, columns) => {
  const found = await table(sharedFile(name))
  expect(found.rows).toBe(count)
  expect(found.columns).toHaveLength(columns)
})

testWithData('types come from all rows: null blocks at the end change nothing, an empty column is text', async () => {
  const found = await table(sharedFile('green_tripdata_2020-11.csv.gz'))
  expect(found.types).toMatchObject({
    VendorID: 'BIGINT',
    lpep_pickup_datetime: 'TIMESTAMP',
    store_and_fwd_flag: 'VARCHAR',
    passenger_count: 'BIGINT',
    trip_distance: 'DOUBLE',
    ehail_fee: 'VARCHAR',
  })
  expect(found.log).toContainEqual(containing(/No row has a value in ehail_fee/))
})

testWithData('sums and nulls are those of the published file', async () => {
  const step = { type: tableRead, inputs: { files: [await handleOf(sharedFile('green_tripdata_2020-11.csv.gz'))] } }
  const [row] = await jobs.ask(
    step,
    `SELECT round(sum(total_amount), 2) AS total, count(*) FILTER (passenger_count = 0) AS zero,
            count(*) FILTER (passenger_count IS NULL) AS unknown FROM {input}`,
  )
  expect(row).toEqual({ total: 2_062_623.15, zero: 192, unknown: 40_114 })
})

testWithData('a file that ends in the middle of a line is refused with the line', async () => {
  expect(await failure(sharedFile('yellow_tripdata_2021-01.truncated.csv'))).toMatch(
    /^data: yellow_tripdata_2021-01\.truncated\.csv, line 22794: the line has 2 fields instead of 18 \(“1,2021-0”\)/,
  )
})

testWithData('NA stays text', async () => {
  const found = await rows(sharedFile('taxi_zone_lookup.csv'))
  expect(found.filter((row) => row['Borough'] === 'Unknown').map((row) => row['Zone'])).toEqual(['NV', 'NA'])
  expect(found.filter((row) => row['service_zone'] === 'N/A')).not.toHaveLength(0)
})

testWithData('months whose types drifted are refused with the types, and read when one is declared', async () => {
  const both = [
    sharedFile('green_tripdata_2020-11.pandas.parquet'),
    sharedFile('green_tripdata_2021-02.pandas.parquet'),
  ]
  expect(await failure(both)).toMatch(/do not have the same columns.*has no tpep_pickup_datetime/)
  const columns = ['lpep_pickup_datetime', 'total_amount']
  expect(await failure(both, { columns })).toMatch(
    /Column “lpep_pickup_datetime” has types that do not go together: VARCHAR in green_tripdata_2020-11.*TIMESTAMP in green_tripdata_2021-02/,
  )
  const found = await table(both, { columns, types: { lpep_pickup_datetime: 'TIMESTAMP' } })
  expect(found).toMatchObject({
    rows: 88_605 + 64_572,
    types: { lpep_pickup_datetime: 'TIMESTAMP', total_amount: 'DOUBLE' },
  })
})

testWithData('number types of several files widen, with a warning', async () => {
  const both = [sharedFile('green_tripdata_2023-01.parquet'), sharedFile('green_tripdata_2021-02.pandas.parquet')]
  const found = await table(both, { columns: ['VendorID'] })
  expect(found.types).toEqual({ VendorID: 'DOUBLE' })
  expect(found.log).toContainEqual(containing(/^warning: Column VendorID has different types.*read as DOUBLE/))
})

test.each([
  [
    'CR LF, quoted line ends and a quoted delimiter',
    'a,b\r\n1,"x\r\ny"\r\n2,"p,q"\r\n',
    [
      ['1', 'x\r\ny'],
      ['2', 'p,q'],
    ],
  ],
  [
    'a blank second line and others',
    'a,b\n\n1,x\n\n2,y\n',
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  ['a byte order mark', '\ufeffa,b\n1,x\n', [['1', 'x']]],
  [
    'no line end at the end',
    'a,b\n1,x\n2,y',
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  ],
  [
    'line ends that change on the way',
    'a,b\r\n1,x\r\n2,y\n3,z\r\n',
    [
      ['1', 'x'],
      ['2', 'y'],
      ['3', 'z'],
    ],
  ],
  ['a semicolon as the delimiter', 'a;b\n1;x,y\n', [['1', 'x,y']]],
  ['a doubled quote', 'a,b\n1,"say ""hi"""\n', [['1', 'say "hi"']]],
  ['only a header', 'a,b\n', []],
])('%s', async (_, content, expected) => {
  const types = { a: 'VARCHAR', b: 'VARCHAR' }
  for (const path of [file(content), file(gzipSync(content), 'data')]) {
    const found = await rows(path, { types })
    expect(found.map((row) => [row['a'], row['b']])).toEqual(expected)
    expect((await table(path, { types })).rows).toBe(expected.length)
  }
})

test.each([
  ['a short line', 'a,b,c\n1,2,3\n4,5\n', /line 3: the line has 2 fields instead of 3 \(“4,5”\)/],
  ['a long line', 'a,b\n1,2\n3,4,5\n', /line 3: the line has 3 fields instead of 2/],
  ['a short line after a quoted line end', 'a,b\n1,"x\ny"\n\n2\n', /line 5: the line has 1 field instead of 2/],
  [
    'a short line in a file that mixes line ends',
    'a,b\r\n1,2\n3,4,5\r\n',
    /line 3: the line has 3 fields instead of 2/,
  ],
  ['a quote that is never closed', 'a,b\n1,2\n3,"x\n4,5\n', /line 3: a quoted value is never closed/],
  ['a last line beyond all bounds', `a\nx\n${'y'.repeat(9_000_000)}`, /a line is longer than 2 MB/],
  ['a line beyond all bounds', `a\nx\n${'y'.repeat(18_000_000)}\nz\n`, /line 3: a line is longer than 2 MB/],
  ['a gzip bomb of one line', gzipSync(`a\n${'y'.repeat(9_000_000)}`), /a line is longer than 2 MB/],
  ['text that is not UTF-8', Buffer.from('a,b\n1,2\n3,\xe9\n', 'latin1'), /line 3: the text is not UTF-8/],
  ['nothing at all', '', /is empty: it has no header/],
  ['a web page', '<!DOCTYPE html><html></html>', /is a web page/],
  ['a ZIP archive', Buffer.from('PK\u0003\u0004xxxx'), /is a ZIP archive/],
  ['bytes', Buffer.from([1, 2, 0, 3]), /neither text nor Parquet/],
])('%s is refused with its place', async (_, content, message) => {
  const path = file(content)
  expect(await failure(path)).toMatch(/^data: /)
  expect(await failure(path)).toMatch(message)
})

test.each([
  ['a,b|c', ['1,2|x', '3,4|y'], ['1', '2|x'], null],
  ['a;b,c,d', ['1;x', '2;y, z'], ['1', 'x'], /separated by “;”, not by “,”/],
  ['a;b, c;d', ['1;2;3', '4;5;6'], ['1', '2', '3'], /separated by “;”, not by “,”/],
  ['a;b', ['1;x,y', '2;y,z'], ['1', 'x,y'], 'silent'],
])('the delimiter of %s is the one that the rows have too', async (header, lines, first, said) => {
  const path = file([header, ...lines, ''].join('\n'), 'data.txt')
  if (said === null) {
    expect(await failure(path)).toMatch(/^data: \d+-data\.txt: “,” and “\|” both give 2 columns.*Set delimiter\./)
    expect((await table(path, { delimiter: '|' })).columns).toHaveLength(2)
    return
  }
  const [row] = await rows(path)
  expect(Object.values(row ?? {}).map(String)).toEqual(first)
  const warnings = (await table(path)).log.filter((line) => line.startsWith('warning:'))
  expect(warnings).toEqual(said === 'silent' ? [] : [containing(said)])
})

test('columns are chosen and ordered, names ignore case, an unknown one is refused', async () => {
  const path = file('a,b,c\n1,2,3\n')
  expect((await table(path, { columns: ['C', 'a'] })).columns.map(({ name }) => name)).toEqual(['c', 'a'])
  expect(await failure(path, { columns: ['d'] })).toMatch(/has no d/)
  expect(await failure(path, { types: { d: 'BIGINT' } })).toMatch(/type is given for “d”.*There are: a, b, c/)
  expect(await failure(path, { types: { a: 'BIGINTEGER' } })).toMatch(
    /^invalid: The type “BIGINTEGER” of column “a” is unknown/,
  )
  expect(await failure(path, { types: { a: "INT); DROP TABLE x; --'" } })).toMatch(/^invalid: The type/)
})

test('several files are joined by the names of their columns', async () => {
  const found = await rows([file('a,b\n1,x\n'), file('b;a\r\ny;2\r\n')])
  expect(found).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
})

test('no header, another null text, no quotes', async () => {
  const path = file('1|NULL|"x\n2||y\n')
  const found = await rows(path, { header: false, null_text: ['NULL'], quote: '', delimiter: '|' })
  expect(found).toEqual([
    { column_1: 1, column_2: null, column_3: '"x' },
    { column_1: 2, column_2: '', column_3: 'y' },
  ])
})

test('a name that stands twice is numbered, with a warning', async () => {
  const found = await table(file('a,A,\n1,2,3\n'))
  expect(found.columns.map(({ name }) => name)).toEqual(['a', 'A_2', 'column_3'])
  expect(found.log).toContainEqual(containing(/^warning: .*a name stands twice/))
})

test('a file that is not there, and no file at all, are refused', async () => {
  const { outcomes } = await jobs.run([{ type: tableRead, with: { path: 'nowhere.csv' } }])
  expect(outcomes[0]?.outcome).toMatchObject({ kind: 'failed', failure: { code: 'not-found' } })
  expect(await failure([])).toMatch(/There is no file to read/)
})

test('a path with brackets and an equals sign is one file and no pattern', async () => {
  const path = file('a\n1\n', 'k=v [1].csv')
  expect((await table(path)).columns).toEqual([{ name: 'a', type: 'BIGINT' }])
})
