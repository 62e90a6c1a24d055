import { workerCatalogue } from './catalogue.ts'
import { startWorkerProcess } from './worker-process.ts'

startWorkerProcess(workerCatalogue)
