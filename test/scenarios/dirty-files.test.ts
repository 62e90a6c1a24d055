import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { firstRow } from './duckdb-rows.ts'
import { jsonLines, resultOf, statesOf, taskOf, type Result } from './millrace.ts'
import { openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(() => space.remove())

/** A flow that reads, and whatever comes after. */
const reading = (name: string, settings: Record<string, unknown>, rest = '') =>
  space.flow(name, `tasks:\n  rows: { type: table.read, with: ${JSON.stringify(settings)} }\n${rest}`)

const previewOf = async (result: Result, ...task: readonly string[]) => {
  const shown = await space.millrace(['flow-run', 'preview', result.flow_run.id, ...task, '--json'])
  expect(shown.exitCode, shown.stderr).toBe(0)
  return jsonLines(shown.stdout)
}

const truncated = 'yellow_tripdata_2021-01.truncated.csv'

testWithData('a file that ends in the middle of a line fails and names it', async () => {
  const result = await space.run(reading('cut', { path: sharedFile(truncated) }))
  expect(taskOf(result, 'rows').state).toMatchObject({ name: 'Failed' })
  expect(taskOf(result, 'rows').state.message).toContain(
    `${truncated}, line 22794: the line has 2 fields instead of 18`,
  )
})

testWithData('with bad rows rejected it gives its whole rows, one reject, and a warning', async () => {
  const flow = reading(
    'cut-rejected',
    { path: sharedFile(truncated), bad_rows: 'reject' },
    `  save: { type: table.write, inputs: { table: rows.table } }
  bad: { type: table.write, inputs: { table: rows.rejects }, with: { format: csv } }
`,
  )
  const result = await space.run(flow)
  expect(statesOf(result)).toEqual({ rows: 'Completed', save: 'Completed', bad: 'Completed' })
  expect(taskOf(result, 'rows').outputs).toMatchObject({ table: { rows: 22_792 }, rejects: { rows: 1 } })
  const saved = taskOf(result, 'save').outputs['file'] as { path: string }
  const sql = `select count(*) as n, round(sum(total_amount), 2)::decimal(18, 2) as total from '${saved.path}'`
  expect(await firstRow(sql)).toEqual({ n: '22792', total: '402114.43' })
  const bad = taskOf(result, 'bad').outputs['file'] as { path: string }
  expect(await firstRow(`from read_csv('${bad.path}', all_varchar = true)`)).toEqual({
    file: truncated,
    line: '22794',
    problem: 'the line has 2 fields instead of 18',
    text: '1,2021-0',
  })
  const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id, '--level', 'warning'])
  expect(stdout).toContain(`Rejected 1 row; the first is ${truncated}, line 22794: the line has 2 fields instead of 18`)
})

testWithData.each(['2019-01', '2020-06'])('the yellow sample of %s has 10,000 rows', async (month) => {
  const settings = { path: sharedFile(`yellow_tripdata_sample_${month}.csv.gz`) }
  const result = await space.run(reading(`yellow-${month}`, settings))
  expect(taskOf(result, 'rows').outputs['table']).toMatchObject({ rows: 10_000 })
})

const months = ['green_tripdata_2020-11.pandas.parquet', 'green_tripdata_2021-02.pandas.parquet'] as const

testWithData(
  'the months that pandas wrote are read each on its own; read together the refusal names table.union',
  async () => {
    const [first, second] = months.map(sharedFile)
    const each = await space.run(
      space.flow(
        'months',
        `tasks:
  first: { type: table.read, with: { path: ${JSON.stringify(first)} } }
  second: { type: table.read, with: { path: ${JSON.stringify(second)} } }
`,
      ),
    )
    expect(taskOf(each, 'first').outputs['table']).toMatchObject({ rows: 88_605 })
    expect(taskOf(each, 'second').outputs['table']).toMatchObject({ rows: 64_572 })
    const both = await space.run(reading('both', { paths: [first, second] }))
    expect(taskOf(both, 'rows').state.message).toMatch(
      /do not have the same columns: .*tpep_pickup_datetime.*table\.union/,
    )
  },
)

testWithData(
  'the months that pandas wrote are put together by the names of their columns, and the drift is told',
  async () => {
    const [first, second] = months.map(sharedFile)
    const flow = space.flow(
      'union',
      `tasks:
  first: { type: table.read, with: { path: ${JSON.stringify(first)} } }
  second: { type: table.read, with: { path: ${JSON.stringify(second)} } }
  both: { type: table.union, inputs: { tables: [first.table, second.table] }, with: { drift: report } }
`,
    )
    const result = await space.run(flow)
    expect(statesOf(result), JSON.stringify(taskOf(result, 'both').state)).toMatchObject({ both: 'Completed' })
    expect(taskOf(result, 'both').outputs['table']).toMatchObject({ rows: 88_605 + 64_572 })
    const drift = JSON.stringify(taskOf(result, 'both').outputs['drift'])
    const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id])
    for (const column of ['tpep_pickup_datetime', 'lpep_pickup_datetime']) {
      expect(drift).toContain(column)
      expect(stdout).toContain(column)
    }
  },
)

testWithData('NA in the zones stays text', async () => {
  const result = await space.run(reading('zones', { path: sharedFile('taxi_zone_lookup.csv') }))
  const zones = await previewOf(result, 'rows', '--limit', '265')
  expect(zones).toHaveLength(265)
  expect(zones).toContainEqual({ LocationID: 265, Borough: 'Unknown', Zone: 'NA', service_zone: 'N/A' })
})

test.each([
  ['CR LF, with quoted line ends', 'a,b\r\n1,"x\r\ny"\r\n2,"p,q"\r\n', [{ a: 1, b: 'x\r\ny' }, { a: 2, b: 'p,q' }]], // prettier-ignore
  ['a blank second line', 'a,b\n\n1,x\n', [{ a: 1, b: 'x' }]],
  ['quotes in quotes', 'a,b\n1,"say ""hi"""\n', [{ a: 1, b: 'say "hi"' }]],
  ['a byte order mark and semicolons', '\ufeffa;b\n1;x\n', [{ a: 1, b: 'x' }]],
  ['mixed line ends', 'a,b\r\n"1","x"\n"2","y"\r\n', [{ a: 1, b: 'x' }, { a: 2, b: 'y' }]], // prettier-ignore
  ['lines of JSON in gzip', gzipSync('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'), [{ a: 1, b: 'x' }, { a: 2, b: 'y' }]], // prettier-ignore
])('%s are read right', async (_, content, expected) => {
  space.write('made/data.txt', content)
  const result = await space.run(reading('made', { path: 'made/data.txt' }))
  expect(await previewOf(result, 'rows')).toEqual(expected)
})

test.each([
  ['ragged', 'a,b\n1,x\n2\n', /data\.txt, line 3: the line has 1 field instead of 2/],
  ['an open quote', 'a,b\n1,x\n2,"y\n3,z\n', /data\.txt, line 3: a quoted value is never closed/],
  ['Latin-1', Buffer.from('a,b\n1,x\n2,caf\xe9\n', 'latin1'), /data\.txt, line 3: the text is not UTF-8/],
  ['cut gzip', gzipSync(`a,b\n${'1,x\n'.repeat(9000)}`).subarray(0, -9), /data\.txt: the gzip file ends in the middle/],
  ['broken JSON', '{"a":1}\n{"a":\n', /data\.txt, line 2: the JSON is broken/],
])('%s fails and names the place', async (_, content, message) => {
  space.write('made/data.txt', content)
  const ended = await space.millrace(['run', reading('made', { path: 'made/data.txt' }), '--json'])
  expect(ended.exitCode).toBe(1)
  expect(taskOf(resultOf(ended), 'rows').state.message).toMatch(message)
})

testWithData('files by borough reach the lake in their folders, and are read again by a pattern', async () => {
  const flow = reading(
    'partitions',
    { path: sharedFile('taxi_zone_lookup.csv') },
    `  save: { type: table.write, inputs: { table: rows.table }, with: { partition_by: [Borough], name: zones.parquet } }
  upload: { type: storage.upload, inputs: { files: save.files }, with: { storage: block:local-file-system/lake, to: zones } }
  say: { type: log.message, with: { message: "{{ tasks.save.files.name | size }} files" } }
`,
  )
  const result = await space.run(flow)
  expect(statesOf(result)).toMatchObject({ save: 'Completed', upload: 'Completed', say: 'Completed' })
  const lake = path.join(space.home, 'lake/zones')
  expect(readdirSync(lake).toSorted()).toContain('Borough=Staten%20Island')
  expect(existsSync(path.join(lake, 'Borough=EWR/zones-0.parquet'))).toBe(true)
  const { stdout } = await space.millrace(['flow-run', 'logs', result.flow_run.id])
  expect(stdout).toContain(`${readdirSync(lake).length} files`)
  const again = await space.run(reading('again', { path: `${lake}/**/*.parquet` }))
  expect(taskOf(again, 'rows').outputs['table']).toMatchObject({ rows: 265 })
  const zones = await previewOf(again, 'rows', '--limit', '265')
  expect(zones).toContainEqual({ LocationID: 265, Zone: 'NA', service_zone: 'N/A', Borough: 'Unknown' })
  expect(new Set(zones.map((zone) => (zone as { Borough: string }).Borough)).size).toBe(readdirSync(lake).length)
})

test('a list of files fits only a port that takes many', async () => {
  const flow = space.flow(
    'list',
    `tasks:
  rows: { type: table.read, with: { path: x.csv } }
  save: { type: table.write, inputs: { table: rows.table }, with: { partition_by: [a] } }
  again: { type: table.read, inputs: { files: save.files } }
  one: { type: table.check, inputs: { table: save.files } }
`,
  )
  const ended = await space.millrace(['flow', 'validate', flow])
  expect(ended.exitCode).not.toBe(0)
  expect(ended.stdout + ended.stderr).toContain('takes a table, and save.files is a file')
})
