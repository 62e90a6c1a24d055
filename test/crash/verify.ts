import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { DuckDBInstance } from '@duckdb/node-api'
import { z } from 'zod'
import { openHome } from '#core/world/home/open-home.ts'
import { findKin } from '#core/world/processes/process-tree.ts'
import { resources } from '#core/places.ts'
import { version } from '#core/version.ts'
import { expectedObjects, expectedTables } from './flow.ts'
import type { Said } from './life.ts'

/** Everything that is wrong in a home whose run has been completed, in words. */
export const verify = async (home: string, said: readonly Said[]): Promise<readonly string[]> => [
  ...(await verifyHome(home)),
  ...verifyEvents(home, said),
  ...(await verifyWarehouse(home)),
  ...verifyFolders(home),
]

/** No process and no lock is left. */
const verifyHome = async (home: string): Promise<readonly string[]> => {
  try {
    const opened = await openHome(home, { version, migrations: path.join(resources, 'migrations') })
    const left = findKin({ cookies: [opened.id], root: null })
    const unfinished = opened.store.unfinished()
    opened.close()
    return [
      ...left.map((pid) => `process ${pid} is left`),
      ...unfinished.map(({ id, state }) => `flow run ${id} is still ${state.name}`),
    ]
  } catch (error) {
    return [`the home cannot be opened: ${String(error)}`]
  }
}

const FlowRunRow = z.object({ id: z.string(), flow: z.string(), state_name: z.string() })
const TaskRunRow = z.object({
  key: z.string(),
  item: z.number().nullable(),
  items: z.number().nullable(),
  state_name: z.string(),
  run_count: z.number(),
})
const EventRow = z.object({ number: z.number(), event: z.string() })
const Event = z.looseObject({
  kind: z.string(),
  taskRun: z.string().optional(),
  taskRuns: z.array(z.string()).optional(),
  outcome: z.object({ kind: z.string() }).optional(),
  missing: z.array(z.string()).optional(),
})
type Event = z.output<typeof Event>

/** Taken from the databases themselves, without the code under test. */
const verifyEvents = (home: string, said: readonly Said[]): readonly string[] => {
  const database = new Sqlite(path.join(home, 'state.db'), { readonly: true })
  try {
    const flowRuns = z.array(FlowRunRow).parse(database.prepare('select * from flow_runs').all())
    const found = flowRuns.map(({ flow }) => flow).toSorted()
    return [
      ...damage(database),
      ...(found.join() === 'crash,region,region' ? [] : [`the flow runs are ${found.join(', ')}`]),
      ...flowRuns.flatMap((flowRun) => verifyFlowRun(database, flowRun, said)),
    ]
  } finally {
    database.close()
  }
}

const damage = (database: Sqlite.Database): readonly string[] => {
  const answer = database.pragma('integrity_check', { simple: true })
  return answer === 'ok' ? [] : [`${database.name} is damaged: ${String(answer)}`]
}

const verifyFlowRun = (
  database: Sqlite.Database,
  { id, flow, state_name }: z.output<typeof FlowRunRow>,
  said: readonly Said[],
): readonly string[] => {
  const taskRuns = z.array(TaskRunRow).parse(database.prepare('select * from task_runs where flow_run = ?').all(id))
  const events = z
    .array(EventRow)
    .parse(database.prepare('select number, event from events where flow_run = ? order by number').all(id))
  const gap = events.findIndex(({ number }, index) => number !== index)
  const starts = verifyStarts(events.map(({ event }) => Event.parse(JSON.parse(event))))
  const counts = new Map(taskRuns.map(({ key, run_count }) => [key, run_count]))
  const problems = [
    ...(state_name === 'Completed' ? [] : [`it ended as ${state_name}`]),
    ...(gap === -1 ? [] : [`its events have a gap at ${gap}`]),
    ...taskRuns
      .filter((run) => run.state_name !== 'Completed')
      .map((run) => `task run ${run.key} is ${run.state_name}`),
    ...taskRuns
      .filter(({ key, items, run_count }) => items === null && run_count !== (starts.counts.get(key) ?? 0))
      .map(({ key, run_count }) => `${key} has run_count ${run_count}, and ${starts.counts.get(key) ?? 0} starts`),
    ...starts.problems,
    ...grown(id, counts, said),
  ]
  return problems.map((problem) => `flow run ${id} of ${flow}: ${problem}`)
}

/** What completed never starts again, and no result is missing after a crash. */
const verifyStarts = (
  events: readonly Event[],
): { counts: ReadonlyMap<string, number>; problems: readonly string[] } => {
  const counts = new Map<string, number>()
  const completed = new Set<string>()
  const problems: string[] = []
  for (const { kind, taskRun = '', taskRuns = [], outcome, missing = [] } of events) {
    if (kind === 'outcome' && outcome?.kind === 'completed') completed.add(taskRun)
    // One before it in its job failed, so that it had not begun.
    if (kind === 'outcome' && outcome?.kind === 'returned') counts.set(taskRun, (counts.get(taskRun) ?? 0) - 1)
    if (missing.length > 0) problems.push(`results of ${missing.join(', ')} were missing`)
    if (kind !== 'started') continue
    for (const key of taskRuns) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (completed.has(key)) problems.push(`${key} was started again after it had completed`)
    }
  }
  return { counts, problems }
}

/** What was shown as completed stays so: acknowledged means durable. */
const grown = (flowRun: string, counts: ReadonlyMap<string, number>, said: readonly Said[]): readonly string[] =>
  said.flatMap((one) => {
    if (one.type !== 'task_run' || one.flow_run !== flowRun || one.state.type !== 'COMPLETED') return []
    const key = one.item === undefined ? one.task : `${one.task}[${one.item}]`
    const count = counts.get(key)
    return count === one.run_count ? [] : [`${key} was said to be completed in run ${one.run_count}, and has ${count}`]
  })

const Counted = z.object({ rows: z.coerce.number(), ids: z.coerce.number(), sum: z.coerce.number() })
const Loads = z.object({ loads: z.coerce.number(), rows: z.coerce.number() })

const verifyWarehouse = async (home: string): Promise<readonly string[]> => {
  try {
    // For writing, so that a lock or a damaged log of changes shows.
    const instance = await DuckDBInstance.create(path.join(home, 'warehouse.duckdb'))
    const connection = await instance.connect()
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()[0]
    const problems: string[] = []
    for (const [name, expected] of Object.entries(expectedTables)) {
      const { rows, ids, sum } = Counted.parse(
        await ask(`SELECT count(*) AS rows, count(DISTINCT id) AS ids, sum(id) AS sum FROM ${name}`),
      )
      const loads = Loads.parse(
        await ask(
          `SELECT count(*) AS loads, coalesce(sum(row_count), 0) AS rows FROM _millrace_loads WHERE table_name = '${name}'`,
        ),
      )
      if (rows !== expected.rows || ids !== expected.rows || sum !== expected.idSum)
        problems.push(`table ${name} has ${rows} rows and ${ids} ids with sum ${sum}, not ${JSON.stringify(expected)}`)
      if (loads.loads !== expected.loads || loads.rows !== (expected.loads === 0 ? 0 : expected.rows))
        problems.push(`table ${name} has ${loads.loads} loads of ${loads.rows} rows, not ${JSON.stringify(expected)}`)
    }
    connection.closeSync()
    instance.closeSync()
    return problems
  } catch (error) {
    return [`the warehouse cannot be read: ${String(error)}`]
  }
}

const verifyFolders = (home: string): readonly string[] => {
  const runs = path.join(home, 'runs')
  const scratch = readdirSync(runs).filter((run) => existsSync(path.join(runs, run, 'scratch')))
  const spilled = filesBelow(path.join(home, 'spill'))
  const objects = filesBelow(path.join(home, 'lake'))
  const socket = readdirSync(home).filter((name) => name === 'engine.json' || name === 'engine.sock')
  return [
    ...scratch.map((run) => `scratch of flow run ${run} is left`),
    ...spilled.map((name) => `spill/${name} is left`),
    ...socket.map((name) => `${name} is left`),
    ...(objects.join() === expectedObjects.join() ? [] : [`the lake holds ${objects.join(', ')}`]),
  ]
}

const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => !statSync(path.join(folder, name)).isDirectory())
        .toSorted()
    : []
