import type { Catalogue } from './kinds/catalogue.ts'
import { runTableJob } from './world/tables/job.ts'
import { createTableEngine } from './world/tables/tables.ts'
import { serveWorker } from './world/workers/serve-worker.ts'
import { spillFolder } from './world/workers/spill.ts'
import { tableBudget } from './world/workers/table-budget.ts'

/** Makes this process a worker: it runs jobs that the engine sends, with a DuckDB of its own, opened when first needed. */
export const startWorkerProcess = (catalogue: Catalogue): void => {
  const { spill, types, memoryLimit, threads } = tableBudget(process.env)
  const engine = createTableEngine({ spill: spillFolder(spill, process.pid), memoryLimit, threads, typeFolder: types })
  serveWorker({ catalogue, runMembers: (request) => runTableJob({ ...request, engine }), close: () => engine.close() })
}
