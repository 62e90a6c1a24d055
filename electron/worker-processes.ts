import { MessageChannelMain, utilityProcess, type UtilityProcess } from 'electron'
import type { FromEngine, NodeCommand, Program, ToEngine, ToWorkerProcess } from './messages.ts'

type Request = Extract<FromEngine, { kind: 'start-worker' | 'kill-worker' }>

export type WorkerProcesses = {
  handle(request: Request): void
  /** Workers do not outlive their engine. */
  killAll(): void
}

export type WorkerProcessesOptions = {
  readonly entries: Readonly<Record<Program, string>>
  readonly node: NodeCommand
  readonly compileCache: string
}

/** Starts the worker processes that an engine asks for: in a packaged app only main can. They talk to it directly. */
export const startWorkers = (
  engine: UtilityProcess,
  { entries, node, compileCache }: WorkerProcessesOptions,
): WorkerProcesses => {
  const workers = new Map<number, UtilityProcess>()
  let hasEnded = false
  const tell = (message: ToEngine, ports: Electron.MessagePortMain[] = []) => {
    if (!hasEnded) engine.postMessage(message, ports)
  }

  const start = ({ worker, program, env }: Extract<Request, { kind: 'start-worker' }>) => {
    const child = utilityProcess.fork(entries[program], [compileCache], {
      env: { ...env },
      serviceName: `Millrace ${program}`,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    workers.set(worker, child)
    child.stderr?.on('data', (chunk: Buffer) => tell({ kind: 'worker-stderr', worker, text: chunk.toString() }))
    child.once('spawn', () => {
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage({ node } satisfies ToWorkerProcess, [port1])
      tell({ kind: 'worker-started', worker, pid: child.pid ?? 0 }, [port2])
    })
    child.once('exit', (code) => {
      workers.delete(worker)
      tell({ kind: 'worker-ended', worker, code })
    })
  }

  const kill = (child: UtilityProcess | undefined): void => {
    if (!child) return
    if (child.pid === undefined) return void child.once('spawn', () => kill(child))
    try {
      process.kill(child.pid, 'SIGKILL')
    } catch {
      // It has just ended.
    }
  }

  return {
    handle: (request) => {
      if (request.kind === 'start-worker') start(request)
      else kill(workers.get(request.worker))
    },
    killAll: () => {
      hasEnded = true
      for (const child of workers.values()) kill(child)
    },
  }
}
