import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonLines, statesOf } from './millrace.ts'
import { openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(() => space.remove())

const rides = (month: number, kinds: readonly string[]): string =>
  `pickup,kind,fare\n${Array.from({ length: 200 }, (_, ride) => `2020-0${month}-${String((ride % 28) + 1).padStart(2, '0')},${kinds[ride % kinds.length]},${month * 10 + (ride % 7)}\n`).join('')}`

const flow = space.flow(
  'rides',
  `parameters:
  month: { type: integer, default: 1 }
tasks:
  rides: { type: table.read, with: { path: "rides-{{ month }}.csv" } }
  good: { type: table.filter, inputs: { table: rides.table }, with: { where: fare > 0 }, keep: true }
`,
)

const Profile = z.looseObject({
  rows: z.number(),
  columns: z.array(z.looseObject({ name: z.string(), nulls: z.number() })),
  drift: z.object({
    against: z.looseObject({ name: z.string() }),
    findings: z.array(z.looseObject({ severity: z.string() })),
  }),
})

test('a person looks at the columns of a table, and at what differs from the run before', async () => {
  space.write('rides-1.csv', rides(1, ['card', 'cash']))
  space.write('rides-2.csv', rides(2, ['card', 'voucher']))
  const { flow_run: first } = await space.run(flow)
  const { flow_run: second } = await space.run(flow, '-p', 'month=2')

  const shown = await space.millrace(['flow-run', 'profile', first.id, 'good'])
  expect(shown.exitCode, shown.stderr).toBe(0)
  const kept = await space.millrace(['flow-run', 'preview', first.id, 'good'])
  expect(kept.stderr).toMatch(/^200 rows, 3 columns, [\d,]+ bytes$/m)
  expect(shown.stdout).toMatch(/^COLUMN\s+TYPE\s+NULLS\s+DISTINCT\s+MIN\s+MEDIAN\s+MAX\s+MOST FREQUENT\n/)
  expect(shown.stdout).toMatch(/pickup\s+DATE\s+28\s+2020-01-01\s+2020-01-1\d\s+2020-01-28/)
  expect(shown.stdout).toMatch(/kind\s+VARCHAR\s+2\s+card\s+cash\s+card \(50\.0 %\), cash \(50\.0 %\)/)
  expect(shown.stderr).toContain('200 rows, 3 columns')

  const differs = await space.millrace(['flow-run', 'profile', second.id, 'good', '--drift'])
  expect(differs.stdout).toContain(`from flow run '${first.name}', which had another month`)
  expect(differs.stdout).toMatch(/^ALARM {3}\| The middle half of fare goes from 21 to 25/m)
  expect(differs.stdout).toMatch(/^WARNING \| New in kind: “voucher” \(100 rows\)\.$/m)
  expect(differs.stdout).toMatch(/^NOTE {4}\| pickup goes up to 2020-02-28 \(before: 2020-01-28\)\.$/m)

  const json = await space.millrace(['flow-run', 'profile', second.id, 'good', '--drift', '--json'])
  const profile = Profile.parse(jsonLines(json.stdout)[0])
  expect(profile).toMatchObject({ rows: 200, columns: [{ name: 'pickup' }, { name: 'kind' }, { name: 'fare' }] })
  expect(profile.drift.against.name).toBe(first.name)
  expect(await space.millrace(['flow-run', 'profile', second.id, 'nope'])).toMatchObject({ exitCode: 3 })
})

test('rows of a file that was changed since the run read it are told apart', async () => {
  const file = space.write('changing.csv', 'id\n1\n2\n3\n')
  const reading = space.flow('reading', 'tasks:\n  rows: { type: table.read, with: { path: changing.csv } }\n')
  const { flow_run: run } = await space.run(reading)
  const preview = () => space.millrace(['flow-run', 'preview', run.id, 'rows'])
  expect((await preview()).stderr).toBe('3 rows, 1 column, not stored\n')
  space.write('changing.csv', 'id\n7\n8\n9\n')
  expect((await preview()).stderr).toBe(
    `${file} was changed since the run read it, so these may be other rows than it saw.\n3 rows, 1 column, not stored\n`,
  )
})

test('the rows that fail a check are shown by the command that the failure names', async () => {
  space.write('rides.csv', rides(3, ['card', 'cash', 'barter']))
  const checked = space.flow(
    'checked',
    `tasks:
  rides: { type: table.read, with: { path: rides.csv } }
  check:
    type: table.check
    inputs: { table: rides.table }
    with:
      rules:
        - { rule: in_set, column: kind, values: [card, cash] }
        - { rule: freshness, column: pickup, within: 30d, severity: warn }
`,
  )
  const result = await space.run(checked)
  expect(statesOf(result)).toEqual({ rides: 'Completed', check: 'Failed' })
  const { id, name } = result.flow_run
  const { stdout: log } = await space.millrace(['flow-run', 'logs', id])
  expect(log).toContain('kind should be one of card, cash, but is not in 66 rows: barter (66 rows).')
  expect(log).toMatch(/pickup=2020-03-03, kind=barter, fare=32\n[\s\S]*in all 66 rows/)
  expect(log).toMatch(/WARNING \| .*pickup should be no older than 30 days/)
  expect(log).toContain(`The rows: millrace flow-run artifacts ${name}`)

  const list = await space.millrace(['flow-run', 'artifacts', name])
  expect(list.stdout).toMatch(/^ID\s+TASK RUN\s+KIND\s+TITLE\n\d+\s+check\s+table\s+kind is not in the set$/m)
  const [artifact] = jsonLines((await space.millrace(['flow-run', 'artifacts', name, '--json'])).stdout)
  const { id: number } = z.looseObject({ id: z.number() }).parse(artifact)
  const shown = await space.millrace(['flow-run', 'artifacts', name, String(number)])
  expect(shown.stdout.split('\n').slice(0, 2)).toEqual(['pickup      kind    fare', '2020-03-03  barter  32'])
  expect(shown.stderr).toContain('66 rows')
  await space.millrace(['flow-run', 'delete', id])
  expect(await space.millrace(['flow-run', 'artifacts', id, String(number)])).toMatchObject({ exitCode: 3 })
})

test('what a flow wrote is listed, and one of it is shown with what it was made from', async () => {
  expect((await space.millrace(['dataset', 'ls'])).stderr).toContain('has written anything yet')
  space.write('rides-1.csv', rides(1, ['card', 'cash']))
  const loading = space.flow(
    'loading',
    `tasks:
  rides: { type: table.read, with: { path: rides-1.csv } }
  load: { type: database.load, inputs: { table: rides.table }, with: { database: block:duckdb/warehouse, into: rides } }
`,
  )
  const { flow_run: run } = await space.run(loading)
  const listed = await space.millrace(['dataset', 'ls'])
  expect(listed.stdout).toMatch(new RegExp(`warehouse\\.duckdb#rides\\s+200\\s+3\\s+${run.id}\\s+load`))
  const location = listed.stdout.split('\n')[1]?.split(/\s/)[0] ?? ''
  const { stdout } = await space.millrace(['dataset', 'inspect', location])
  expect(stdout).toContain('200 rows\n')
  expect(stdout).toMatch(/^Made from file:.*rides-1\.csv$/m)
  expect(stdout).toMatch(/^pickup\s+DATE$/m)
})
