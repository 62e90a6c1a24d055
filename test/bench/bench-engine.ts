import path from 'node:path'
import Database from 'better-sqlite3'
import type { EngineClient } from '#core/api/client.ts'
import { openEngine } from '#core/compose.ts'
import { expectEqual } from './figure.ts'
import { benchCatalogue } from './no-op.ts'
import { withFolder } from './temporary-folder.ts'

export type BenchEngine = {
  readonly home: string
  readonly client: EngineClient
  /** Submits a flow and waits for its end; the id of the flow run. */
  run(text: string): Promise<string>
  /** Every task run completed, at its first attempt, and told by one event; no event is missing. */
  check(flowRun: string, tasks: number): Promise<void>
}

/** A real engine on a throw-away home, with a task type more that does nothing; `environment` may hold settings of it. */
export const withBenchEngine = <T>(
  work: (engine: BenchEngine) => Promise<T>,
  concurrency = 16,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> =>
  withFolder(async (home) => {
    const engine = await openEngine({
      home,
      passphrase: null,
      environment: { ...process.env, MILLRACE_CONCURRENCY: String(concurrency), ...environment },
      types: { catalogue: benchCatalogue, workerEntry: path.join(import.meta.dirname, 'worker.ts') },
      onBug: (error) => {
        throw error
      },
    })
    const { client } = engine
    const run = async (text: string): Promise<string> => {
      const { id } = await client.runs.submit({ source: { from: 'text', text, folder: null } })
      await engine.ended(id)
      return id
    }
    const check = async (flowRun: string, tasks: number): Promise<void> => {
      const detail = await client.runs.inspect({ flowRun })
      const failed = detail.taskRuns.find(({ state }) => state.name !== 'Completed') ?? detail.flowRun
      expectEqual(`the state of the flow run (${failed.state.message})`, detail.flowRun.state.name, 'Completed')
      const completed = detail.taskRuns.filter((one) => one.state.name === 'Completed' && one.runCount === 1)
      expectEqual('the number of completed task runs', completed.length, tasks)
      checkEvents(home, flowRun, tasks)
    }
    try {
      return await work({ home, client, run, check })
    } finally {
      await engine.close()
    }
  })

const checkEvents = (home: string, flowRun: string, tasks: number): void => {
  const database = new Database(path.join(home, 'state.db'), { readonly: true })
  try {
    const numbers = database
      .prepare<[string], [number, number, number]>(
        'select count(*), count(distinct number), max(number) - min(number) + 1 from events where flow_run = ?',
      )
      .raw()
      .get(flowRun)
    const [events = 0, distinct = 0, span = 0] = numbers ?? []
    expectEqual('the number of different event numbers', distinct, events)
    expectEqual('the number of events without gaps', span, events)
    const outcomes = database
      .prepare<[string], [number, number]>(
        `select count(*), count(distinct event ->> 'taskRun') from events
          where flow_run = ? and event ->> 'kind' = 'outcome' and event ->> '$.outcome.kind' = 'completed'`,
      )
      .raw()
      .get(flowRun)
    const [completions = 0, taskRuns = 0] = outcomes ?? []
    expectEqual('the number of completions', completions, tasks)
    expectEqual('the number of task runs with a completion', taskRuns, tasks)
  } finally {
    database.close()
  }
}
