import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** Rows of the files that are read, of each part a script makes, and of each region a subflow loads. */
const rows = { orders: 60_000, returns: 20_000, events: 80_000, part: 4000, region: 6000 }
const parts = [0, 1, 2, 3, 4, 5]
const regions = [0, 1]

/** The ids that a table must hold in the end, each once, and the loads that brought them. */
export type ExpectedTable = { readonly rows: number; readonly idSum: number; readonly loads: number }

const ids = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index)

const table = (loads: number, all: readonly number[]): ExpectedTable => ({
  rows: all.length,
  idSum: all.reduce((sum, id) => sum + id, 0),
  loads,
})

const events = ids(0, rows.events)
const partIds = parts.flatMap((part) => ids(part * 10_000, rows.part))

export const expectedTables: Readonly<Record<string, ExpectedTable>> = {
  orders: table(2, [...ids(0, rows.orders).filter((id) => id % 7 !== 0), ...ids(1_000_000, rows.returns)]),
  events: table(
    1,
    events.filter((id) => id % 5 !== 0),
  ),
  daily: table(1, events),
  // Made by statements, which are no load.
  derived: table(
    0,
    events.filter((id) => id % 5 !== 0).map((id) => id + 2_000_000),
  ),
  parts: table(parts.length + 1, [...partIds, ...partIds.map((id) => id + 1_000_000)]),
  regions: table(
    regions.length,
    regions.flatMap((region) => ids(region * 10_000, rows.region)),
  ),
}

/** The same for the tables in PostgreSQL, where the campaign has one. */
export const expectedRemote: Readonly<Record<string, ExpectedTable>> = {
  events: table(
    1,
    events.filter((id) => id % 5 !== 0),
  ),
  latest: table(1, events),
}

/** What must lie in the lake in the end, and nothing else. */
export const expectedObjects = ['orders/orders.parquet']

/** A script that writes a CSV file of ids, from ten thousand times a number on. It appends, so that what a dead one left shows. */
const writeIds = (number: string, count: number, file: string) =>
  `awk -v first={{ ${number} | times: 10000 }} 'BEGIN { print "id"; for (i = 0; i < ${count}; i++) print first + i }' >> "$MILLRACE_OUTPUTS/${file}"`

/** The line at which tasks of PostgreSQL have their place. */
const remoteMark = '  # remote\n'

const main = `millrace: 1
name: crash
tasks:
  fetch:
    type: http.download
    with: { url: orders.csv }
    cache: { key: inputs, expires: 1d }
    retries: 1
  orders: { type: table.read, inputs: { files: fetch.file } }
  paid: { type: table.filter, inputs: { table: orders.table }, with: { where: id % 7 <> 0 } }
  priced: { type: table.select, inputs: { table: paid.table }, with: { add: { gross: amount * 1.21 } } }
  checked: { type: table.check, inputs: { table: priced.table }, with: { rules: [{ rule: unique, columns: [id] }] } }
  save: { type: table.write, inputs: { table: checked.table }, with: { name: orders.parquet } }
  upload: { type: storage.upload, inputs: { files: save.file }, with: { storage: block:local-file-system/lake, to: orders/ } }
  load_orders:
    type: database.load
    inputs: { table: checked.table }
    with: { database: block:duckdb/warehouse, into: orders }
  returns: { type: table.read, with: { path: returns.csv } }
  refunds: { type: table.select, inputs: { table: returns.table }, with: { add: { gross: amount * -1.21 } } }
  load_returns:
    type: database.load
    after: [load_orders]
    inputs: { table: refunds.table }
    with: { database: block:duckdb/warehouse, into: orders }
    retries: 2
  events: { type: table.read, with: { path: events.csv.gz } }
  known: { type: table.filter, inputs: { table: events.table }, with: { where: id % 5 <> 0 } }
  load_events:
    type: database.load
    inputs: { table: known.table }
    with: { database: block:duckdb/warehouse, into: events }
    retries: 1
  derive:
    type: database.execute
    after: [load_events]
    with:
      database: block:duckdb/warehouse
      sql: |
        CREATE TABLE IF NOT EXISTS derived (id BIGINT);
        INSERT INTO derived SELECT id + 2000000 FROM events;
    retries: 1
${remoteMark}  days: { type: table.read, with: { path: events.csv.gz } }
  daily: { type: table.select, inputs: { table: days.table }, with: { columns: [id, day] } }
  load_daily:
    type: database.load
    inputs: { table: daily.table }
    with: { database: block:duckdb/warehouse, into: daily, mode: replace }
  make:
    type: script.shell
    for_each: [${parts.join(', ')}]
    as: part
    concurrency: 3
    with:
      script: |
        ${writeIds('part', rows.part, 'part.csv')}
  part: { type: table.read, for_each: make, inputs: { files: make.file } }
  load_part:
    type: database.load
    for_each: make
    inputs: { table: part.table }
    with: { database: block:duckdb/warehouse, into: parts }
    retries: 1
  together: { type: table.read, inputs: { files: make.file } }
  shifted: { type: table.select, inputs: { table: together.table }, with: { add: { id: id + 1000000 } } }
  load_together:
    type: database.load
    after: [load_part]
    inputs: { table: shifted.table }
    with: { database: block:duckdb/warehouse, into: parts }
  region:
    type: flow.run
    for_each: [${regions.join(', ')}]
    as: region
    with: { flow: region.yaml, parameters: { region: "{{ region }}" } }
  unsteady:
    type: script.shell
    with: { script: '[ "$MILLRACE_ATTEMPT" -ge 2 ]' }
    retries: 2
    retry_delay: 100ms
  family:
    type: script.shell
    after: [unsteady]
    with: { script: "trap '' TERM; (trap '' TERM; sleep 0.4; echo child) & sleep 0.3; wait" }
  count: { type: script.shell, inputs: { tables: checked.table }, with: { script: wc -c < "$MILLRACE_INPUT_TABLES" } }
  half: { type: log.message, after: [load_events, load_daily], with: { message: half of it } }
  last: { type: script.shell, after: [load_together, load_returns, region, family, count], with: { script: echo last } }
  done: { type: log.message, after: [last, half, derive, upload], with: { message: all of it } }
`

/** Appended once, and merged twice over: what is there again is replaced. */
const remoteTasks = `
  load_remote:
    type: database.load
    inputs: { table: known.table }
    with: { database: block:postgres/remote, into: events }
    retries: 1
  newest: { type: table.read, with: { path: events.csv.gz } }
  load_latest:
    type: database.load
    inputs: { table: newest.table }
    with: { database: block:postgres/remote, into: latest, mode: merge, keys: [id] }
    retries: 1
`.slice(1)

const region = `millrace: 1
name: region
parameters: { region: { type: integer } }
tasks:
  make:
    type: script.shell
    with:
      script: |
        ${writeIds('region', rows.region, 'region.csv')}
  rows: { type: table.read, inputs: { files: make.file } }
  load:
    type: database.load
    inputs: { table: rows.table }
    with: { database: block:duckdb/warehouse, into: regions }
  note: { type: log.message, after: [load], with: { message: a region is there } }
`

const copies = [
  `(SELECT i AS id, i % 100 AS amount FROM range(${rows.orders}) t(i)) TO 'orders.csv'`,
  `(SELECT 1000000 + i AS id, i % 100 AS amount FROM range(${rows.returns}) t(i)) TO 'returns.csv'`,
  `(SELECT i AS id, DATE '2021-01-01' + (i % 365)::INTEGER AS day FROM range(${rows.events}) t(i)) TO 'events.csv.gz'`,
]

/** Writes the flow, its subflow and the files they read; gives the flow's path. */
export const writeFlow = async (folder: string, { remote }: { remote: boolean }): Promise<string> => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const copy of copies) await connection.run(`COPY ${copy.replace(/'([a-z.]+)'$/, `'${folder}/$1'`)}`)
  connection.closeSync()
  instance.closeSync()
  writeFileSync(path.join(folder, 'region.yaml'), region)
  const flow = path.join(folder, 'crash.yaml')
  writeFileSync(flow, main.replace(remoteMark, remote ? remoteTasks : ''))
  return flow
}
