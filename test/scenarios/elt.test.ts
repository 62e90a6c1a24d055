import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { firstRow } from './duckdb-rows.ts'
import { statesOf, taskOf } from './millrace.ts'
import { workspace } from './workspace.ts'

test('files of a lake are listed, brought one by one, merged into the warehouse, transformed there, and deleted', async () => {
  const space = workspace()
  space.write('home/lake/in/1.csv', 'id,city\n1,Rome\n2,Oslo\n')
  space.write('home/lake/in/2.csv', 'id,city\n2,Bergen\n3,Lima\n')
  space.write('home/lake/in/notes.txt', 'kept')
  const flow = space.flow(
    'lake',
    `tasks:
  found: { type: storage.list, with: { storage: block:local-file-system/lake, prefix: in/, glob: "*.csv" } }
  get:
    type: storage.download
    for_each: "{{ tasks.found.names }}"
    as: name
    with: { storage: block:local-file-system/lake, object: "{{ name }}" }
  rows: { type: table.read, for_each: get, inputs: { files: get.files } }
  load:
    type: database.load
    for_each: get
    concurrency: 1
    inputs: { table: rows.table }
    with: { database: block:duckdb/warehouse, into: cities, mode: merge, keys: [id] }
  all: { type: storage.download, after: [load], with: { storage: block:local-file-system/lake, object: in/*.csv } }
  together: { type: table.read, inputs: { files: all.files } }
  count: { type: database.load, inputs: { table: together.table }, with: { database: block:duckdb/warehouse, into: lines } }
  transform:
    type: database.execute
    after: [load]
    with:
      database: block:duckdb/warehouse
      sql: CREATE TABLE upper AS SELECT id, upper(city) AS city FROM cities; DELETE FROM upper WHERE id = 1
  away:
    type: storage.delete
    after: [count]
    with: { storage: block:local-file-system/lake, names: "{{ tasks.found.names }}" }
`,
  )
  const result = await space.run(flow)
  expect(statesOf(result)).toMatchObject({ 'get[0]': 'Completed', 'load[1]': 'Completed', away: 'Completed' })
  const warehouse = path.join(space.home, 'warehouse.duckdb')
  const sql = `select (select list(id order by id)::varchar from cities) as ids, (select count(*) from lines) as lines,
    (select count(*) from upper) as upper`
  expect(await firstRow(sql, warehouse)).toEqual({ ids: '[1, 2, 3]', lines: '4', upper: '2' })
  expect(taskOf(result, 'away').outputs['deleted']).toBe(2)
  expect(readdirSync(path.join(space.home, 'lake/in'))).toEqual(['notes.txt'])
})

test('a hostile parameter in SQL of a database is text and nothing else', async () => {
  const space = workspace()
  const outside = space.path('outside.csv')
  const texts = [
    `x'; DROP TABLE texts; --`,
    `'); COPY texts TO '${outside}'; --`,
    `' OR 1 = 1 --`,
    `$$; SELECT 1; $$`,
    `\\'; DROP TABLE texts; /*`,
    `{{ 7 | times: 7 }}`,
  ]
  const flow = space.flow(
    'hostile',
    `parameters: { texts: { type: array, items: { type: string } } }
tasks:
  make: { type: database.execute, with: { database: block:duckdb/warehouse, sql: CREATE TABLE texts (it VARCHAR) } }
  put:
    type: database.execute
    after: [make]
    for_each: "{{ texts }}"
    as: text
    with: { database: block:duckdb/warehouse, sql: "INSERT INTO texts VALUES ({{ text }})" }
  find:
    type: database.query
    after: [put]
    for_each: "{{ texts }}"
    as: text
    with: { database: block:duckdb/warehouse, sql: "SELECT it FROM texts WHERE it = {{ text }}" }
`,
  )
  const result = await space.run(flow, '-p', `texts=${JSON.stringify(texts)}`)
  expect(result.state.name).toBe('Completed')
  const found = result.tasks.filter(({ task, item }) => task === 'find' && item !== undefined)
  expect(found.map(({ outputs }) => outputs['table'])).toMatchObject(texts.map(() => ({ rows: 1 })))
  const [kept] = Object.values(
    await firstRow('select list(it)::json as it from texts', path.join(space.home, 'warehouse.duckdb')),
  )
  expect(
    z
      .array(z.string())
      .parse(JSON.parse(kept ?? ''))
      .toSorted(),
  ).toEqual(texts.toSorted())
  expect(existsSync(outside)).toBe(false)
})
