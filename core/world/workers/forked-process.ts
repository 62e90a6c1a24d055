import { fork, type ChildProcess } from 'node:child_process'
import { cookieVariable, workerCookie } from '#core/world/processes/cookie.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** A child process that talks; a port with two adapters: Node's fork (here), and Electron's utility process. */
export type ForkedProcess<To = ToWorker, From = FromWorker> = {
  /** Null when it could not be started. */
  readonly pid: number | null
  send(message: To): void
  onMessage(listener: (message: From) => void): void
  /** Once it has ended and all its messages were delivered; also when it could not be started. */
  onExit(listener: (exit: ProcessExit) => void | Promise<void>): void
  /** Lets it end by itself: its channel closes. */
  disconnect(): void
  /** At once (SIGKILL). */
  kill(): void
}

export type ProcessExit = {
  readonly code: number | null
  readonly signal: string | null
  /** The end of what it wrote to stderr. */
  readonly stderr: string
}

/** Starts a process with exactly this environment. */
export type Fork<To, From> = (env: Readonly<Record<string, string>>) => ForkedProcess<To, From>
export type ForkWorker = Fork<ToWorker, FromWorker>

/** The environment of a worker: what it is given, and the cookie by which a new engine finds what a dead one left. */
export const workerEnvironment = (env: Readonly<Record<string, string>>, homeId: string): Record<string, string> => ({
  ...env,
  [cookieVariable]: workerCookie(homeId),
})

const stderrKept = 4096

type ForkNodeOptions = { readonly entry: string; readonly execArgv?: readonly string[] }

export const forkNode =
  <To extends object = ToWorker, From = FromWorker>({ entry, execArgv = [] }: ForkNodeOptions): Fork<To, From> =>
  (env) => {
    const child = fork(entry, [], {
      env,
      execArgv: [...execArgv],
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-stderrKept)))
    const exit = exitOf(child)
    child.on('error', (error) => (stderr ||= error.message))
    return {
      pid: child.pid ?? null,
      send: (message) => void (child.connected && child.send(message, undefined, undefined, () => {})),
      onMessage: (listener) => void child.on('message', (message) => listener(message as From)),
      onExit: (listener) => void exit.then(({ code, signal }) => listener({ code, signal, stderr })),
      disconnect: () => void (child.connected && child.disconnect()),
      kill: () => void child.kill('SIGKILL'),
    }
  }

/** The channel and stderr may still hold something when the process is gone already. `close` does not come after disconnect(). */
const exitOf = async (child: ChildProcess): Promise<Omit<ProcessExit, 'stderr'>> => {
  const happens = (emitter: NodeJS.EventEmitter | null, event: string) =>
    new Promise<void>((resolve) => void emitter?.once(event, () => resolve()))
  if (child.pid === undefined) {
    await happens(child, 'error')
    return { code: null, signal: null }
  }
  await Promise.all([happens(child, 'exit'), happens(child, 'disconnect'), happens(child.stderr, 'close')])
  return { code: child.exitCode, signal: child.signalCode }
}
