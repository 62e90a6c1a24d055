import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { statesOf, taskOf } from './millrace.ts'
import { openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(space.remove)

const word = 'quiet-heron-17'
const secret = space.write('secret.csv', `word\n${word}\n`)
space.write('trips.csv', 'a,b\n1,x\n2,y\n')

const flow = space.flow(
  'hostile',
  `parameters:
  name: { type: string, default: x }
  column: { type: string, default: b }
  condition: { type: string, default: 'true' }
  source: { type: string, default: trips }
tasks:
  trips: { type: table.read, with: { path: trips.csv, types: { a: BIGINT, b: VARCHAR } } }
  named: { type: table.filter, inputs: { table: trips.table }, with: { where: "b = {{ name }}" } }
  column: { type: table.filter, inputs: { table: trips.table }, with: { where: "{{ column | identifier }} <> ''" } }
  condition: { type: table.filter, inputs: { table: trips.table }, with: { where: "{{ condition | raw }}" } }
  counted:
    type: table.aggregate
    inputs: { table: trips.table }
    with: { by: [b], expressions: { n: "count(*) FILTER (WHERE {{ condition | raw }})" } }
  queried:
    type: table.sql
    inputs: { tables: [trips.table, named.table] }
    with: { query: "SELECT * FROM {{ source | raw }} WHERE b <> {{ name }} OR {{ condition | raw }}" }
`,
)

const tree = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .toSorted()
const outside = (): readonly string[] =>
  tree(space.folder)
    .filter((name) => !name.startsWith(`home${path.sep}`))
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(space.path(name)))
          .digest('hex')}`,
    )
const before = outside()

const everythingIn = (folder: string): string =>
  tree(folder)
    .map((name) => readFileSync(path.join(folder, name), 'latin1'))
    .join('\n')

test('a hostile parameter in a quoted place is only a value', async () => {
  const hostile = [
    "x' OR 1=1 --",
    `x'; COPY (SELECT 1) TO '${space.path('written.csv')}'; --`,
    `') UNION ALL SELECT word FROM read_csv('${secret}') --`,
    "\\' OR true; /*",
    '$$x$$; ATTACH \'a.duckdb\'; --',
  ] // prettier-ignore
  for (const name of hostile) {
    const result = await space.run(flow, '-p', `name=${name}`)
    expect(statesOf(result)).toMatchObject({ named: 'Completed', queried: 'Completed' })
    expect(taskOf(result, 'named').outputs['table']).toMatchObject({ rows: 0 })
    expect(taskOf(result, 'queried').outputs['table']).toMatchObject({ rows: 2 })
  }
})

test('a hostile parameter as a name is a column that is not there', async () => {
  const result = await space.run(flow, '-p', `column=b" = 'x' OR (SELECT word FROM '${secret}') = "b`)
  expect(statesOf(result)).toMatchObject({ column: 'Failed', named: 'Completed', queried: 'Completed' })
})

test.each([
  `(SELECT word FROM '${secret}') = 'x'`,
  `b IN (SELECT word FROM read_csv('${secret}'))`,
  `EXISTS (FROM read_text('${secret}'))`,
  "current_setting('temp_directory') <> ''",
  "getvariable('x') IS NULL",
  `true; COPY (SELECT 1) TO '${space.path('written.csv')}'; --`,
  `true) UNION ALL FROM '${secret}' --`,
])('with | raw, the condition %s is an error wherever it stands', async (condition) => {
  const result = await space.run(flow, '-p', `condition=${condition}`)
  expect(statesOf(result)).toMatchObject({
    trips: 'Completed',
    named: 'Completed',
    condition: 'Failed',
    counted: 'Failed',
    queried: 'Failed',
  })
})

test.each([
  `'${secret}'`,
  `read_csv('${secret}')`,
  `"${secret}"`,
  'duckdb_settings()',
  'information_schema.tables',
  "'http://127.0.0.1:9/x.csv'",
])('with | raw, the table %s is an error', async (source) => {
  const ended = await space.millrace(['run', flow, '-p', `source=${source}`])
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout + ended.stderr).toMatch(/Only the tables coming in|no table coming in|not allowed here/)
})

test('after all of it no file but the home has changed, and nowhere in the home is what the secret file holds', () => {
  expect(outside()).toEqual(before)
  expect(everythingIn(space.home)).not.toContain(word)
})
