import type { ForkKeychain } from '#core/world/keychain/keychain-process.ts'
import type { Fork, ForkedProcess, ForkWorker, ProcessExit } from '#core/world/workers/forked-process.ts'
import type { FromEngine, Program, ToEngine } from './messages.ts'

/** Of what a worker writes to stderr, this much is kept for the words of its crash. */
const stderrKept = 4096

type Started = {
  started(pid: number, port: Electron.MessagePortMain): void
  stderr(text: string): void
  ended(code: number | null): void
}

type OfWorkers = Extract<ToEngine, { readonly worker: number }>

export type UtilityWorkers = {
  readonly forkWorker: ForkWorker
  readonly forkKeychain: ForkKeychain
  /** Takes what main says of workers. */
  take(message: OfWorkers, ports: readonly Electron.MessagePortMain[]): void
}

/** Worker processes in Electron, on the engine's side: main starts them, and messages go over a port of their own. */
export const utilityWorkers = (tell: (message: FromEngine) => void): UtilityWorkers => {
  const workers = new Map<number, Started>()
  let last = 0
  const fork =
    <To, From>(program: Program): Fork<To, From> =>
    (env) => {
      const worker = (last += 1)
      const { forked, started } = createForked<To, From>({ kill: () => tell({ kind: 'kill-worker', worker }) })
      workers.set(worker, started)
      tell({ kind: 'start-worker', worker, program, env })
      return forked
    }
  return {
    forkWorker: fork('worker'),
    forkKeychain: fork('keychain'),
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

const createForked = <To, From>({
  kill,
}: {
  kill(): void
}): {
  forked: ForkedProcess<To, From>
  started: Started
} => {
  let pid: number | null = null
  let port: Electron.MessagePortMain | null = null
  let stderr = ''
  const early: To[] = []
  const listeners: ((message: From) => void)[] = []
  const exit = Promise.withResolvers<ProcessExit>()
  const forked: ForkedProcess<To, From> = {
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
        for (const listener of listeners) listener(data as From)
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
