import { startWorkerProcess } from '#core/worker-process.ts'
import { benchCatalogue } from './no-op.ts'

startWorkerProcess(benchCatalogue)
