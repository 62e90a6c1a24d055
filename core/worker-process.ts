import type { Catalogue } from './kinds/catalogue.ts'
import type { NodeCommand } from './kinds/task-context.ts'
import { runTableJob } from './world/tables/job.ts'
import { createTableEngine } from './world/tables/tables.ts'
import { serveWorker } from './world/workers/serve-worker.ts'
import { spillFolder } from './world/workers/spill.ts'
import { tableBudget } from './world/workers/table-budget.ts'
import type { WorkerChannel } from './world/workers/worker-channel.ts'

export type WorkerProcessWorld = {
  /** Default: what Node's fork gave this process. */
  readonly channel?: WorkerChannel
  /** What `script.node` runs on; default the Node that runs this. */
  readonly node?: NodeCommand
}

/** Makes this process a worker: it runs jobs that the engine sends, with a DuckDB of its own, opened when first needed. */
export const startWorkerProcess = (catalogue: Catalogue, world: WorkerProcessWorld = {}): void => {
  const { channel, node = { command: process.execPath, args: [] } } = world
  const { spill, types, memoryLimit, threads } = tableBudget(process.env)
  const engine = createTableEngine({ spill: spillFolder(spill, process.pid), memoryLimit, threads, typeFolder: types })
  serveWorker({
    catalogue,
    ...(channel && { channel }),
    node,
    runMembers: (request) => runTableJob({ ...request, engine }),
    close: () => engine.close(),
  })
}
