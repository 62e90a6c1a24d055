import { workerCatalogue } from '#core/catalogue.ts'
import { startWorkerProcess } from '#core/worker-process.ts'
import type { ToWorker } from '#core/world/workers/messages.ts'
import type { WorkerChannel } from '#core/world/workers/worker-channel.ts'
import type { ToWorkerProcess } from './messages.ts'

/** Messages of the engine come over a port that main hands over first. */
process.parentPort.once('message', ({ data, ports: [port] }) => {
  if (!port) throw new Error('A worker was started without a port.')
  const { node } = data as ToWorkerProcess
  const channel: WorkerChannel = {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (event) => listener(event.data as ToWorker)),
    onClose: (listener) => void port.on('close', listener),
  }
  startWorkerProcess(workerCatalogue, { channel, node })
  port.start()
})
