import type { ForkedProcess, ForkWorker, ProcessExit } from '#core/world/workers/forked-process.ts'
import type { FromWorker, ToWorker } from '#core/world/workers/messages.ts'
import type { FromEngine, ToEngine } from './messages.ts'

/** Of what a worker writes to stderr, this much is kept for the words of its crash. */
const stderrKept = 4096

type Started = {
  started(pid: number, port: Electron.MessagePortMain): void
  stderr(text: string): void
  ended(code: number | null): void
}

type OfWorkers = Extract<ToEngine, { readonly worker: number }>

export type UtilityWorkers = {
  readonly fork: ForkWorker
  /** Takes what main says of workers. */
  take(message: OfWorkers, ports: readonly Electron.MessagePortMain[]): void
}

/** Worker processes in Electron, on the engine's side: main starts them, and messages go over a port of their own. */
export const utilityWorkers = (tell: (message: FromEngine) => void): UtilityWorkers => {
  const workers = new Map<number, Started>()
  let last = 0
  return {
    fork: (env) => {
      const worker = (last += 1)
      const { forked, started } = createForked({ kill: () => tell({ kind: 'kill-worker', worker }) })
      workers.set(worker, started)
      tell({ kind: 'start-worker', worker, env })
      return forked
    },
    take: (message, ports) => {
      const worker = workers.get(message.worker)
      const [port] = ports
      if (message.kind === 'worker-started' && port) worker?.started(message.pid, port)
      else if (message.kind === 'worker-stderr') worker?.stderr(message.text)
      else if (message.kind === 'worker-ended') {
        workers.delete(message.worker)
        worker?.ended(message.code)
      }
    },
  }
}

const createForked = ({ kill }: { kill(): void }): { forked: ForkedProcess; started: Started } => {
  let pid: number | null = null
  let port: Electron.MessagePortMain | null = null
  let stderr = ''
  const early: ToWorker[] = []
  const listeners: ((message: FromWorker) => void)[] = []
  const exit = Promise.withResolvers<ProcessExit>()
  const forked: ForkedProcess = {
    get pid() {
      return pid
    },
    send: (message) => {
      if (port) port.postMessage(message)
      else early.push(message)
    },
    onMessage: (listener) => void listeners.push(listener),
    onExit: (listener) => void exit.promise.then(listener),
    disconnect: () => port?.close(),
    kill,
  }
  const started: Started = {
    started: (at, opened) => {
      pid = at
      port = opened
      opened.on('message', ({ data }) => {
        for (const listener of listeners) listener(data as FromWorker)
      })
      opened.start()
      for (const message of early.splice(0)) opened.postMessage(message)
    },
    stderr: (text) => {
      stderr = (stderr + text).slice(-stderrKept)
    },
    ended: (code) => exit.resolve({ code, signal: null, stderr }),
  }
  return { forked, started }
}
