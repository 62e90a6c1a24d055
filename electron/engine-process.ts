import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'
import type { Failure } from '#core/model/failure.ts'
import { startWorkers } from './worker-processes.ts'
import { channels, type FromEngine, type NodeCommand, type Program, type ToEngine } from './messages.ts'
import { createRestarts } from './restarts.ts'

export type EngineProcess = {
  /** Opens a way between a window and the engine, now or as soon as there is one; or tells it why there is none. */
  connect(window: WebContents): void
  /** Names of the flow runs that go on. */
  activeFlowRuns(): readonly string[]
  /** Starts it again after it failed. */
  retry(): void
  /** Lets the engine end what runs, and resolves when it has ended. */
  quit(): Promise<void>
}

export type EngineProcessOptions = {
  readonly entry: string
  /** What the engine's own processes run. */
  readonly entries: Readonly<Record<Program, string>>
  readonly home: string
  /** Of the vault. */
  readonly passphrase: string | null
  readonly node: NodeCommand
  /** Where compiled code is kept from one start to the next. */
  readonly compileCache: string
  /** Told when the flow runs that go on change, with what became of those that do so no more, in words. */
  onActive(ended: readonly string[]): void
}

type EngineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly engine: UtilityProcess }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Milliseconds after which an engine that does not end is left to die with the app. */
const longestQuit = 10_000

const diesAtOnce: Failure = {
  code: 'crashed',
  message: 'The engine ends each time right after its start. Start Millrace from a terminal to see what it says.',
  retryable: true,
}

/** The engine in a process of its own, started again whenever it dies. */
export const startEngineProcess = (options: EngineProcessOptions): EngineProcess => {
  const { home, passphrase } = options
  const restarts = createRestarts(Date.now)
  const waiting = new Set<WebContents>()
  const connected = new Set<WebContents>()
  let state: EngineState = { kind: 'starting' }
  let active: readonly string[] = []
  let quitting: (() => void) | null = null

  const connect = (window: WebContents) => {
    if (state.kind === 'starting') return void waiting.add(window)
    if (state.kind === 'failed') return window.send(channels.engineFailed, state.failure, home)
    const { port1, port2 } = new MessageChannelMain()
    send(state.engine, { kind: 'screen' }, [port1])
    window.postMessage(channels.port, null, [port2])
    return void connected.add(window)
  }
  const become = (next: EngineState) => {
    state = next
    if (next.kind === 'starting') return
    for (const window of waiting) if (!window.isDestroyed()) connect(window)
    waiting.clear()
  }
  const tellActive = (names: readonly string[], ends: readonly string[]) => {
    active = names
    options.onActive(ends)
  }
  const disconnect = () => {
    for (const window of connected) if (!window.isDestroyed()) window.send(channels.engineGone)
    connected.clear()
  }
  const ended = () => {
    disconnect()
    tellActive([], active.length > 0 ? [`The engine has ended before ${active.join(', ')}.`] : [])
    if (quitting) return quitting()
    if (state.kind === 'failed') return undefined
    const delay = restarts.next()
    become(delay === null ? { kind: 'failed', failure: diesAtOnce } : { kind: 'starting' })
    if (delay !== null) setTimeout(start, delay)
  }
  const start = () => {
    restarts.started()
    const child = startChild(options, {
      ready: () => become({ kind: 'ready', engine: child }),
      failed: (failure) => {
        become({ kind: 'failed', failure })
        child.kill()
      },
      active: tellActive,
      handedOver: disconnect,
    })
    child.once('exit', ended)
    child.once('spawn', () => send(child, { kind: 'open', home, passphrase }))
  }
  start()
  return {
    connect,
    activeFlowRuns: () => active,
    retry: () => {
      if (state.kind !== 'failed') return
      restarts.forget()
      become({ kind: 'starting' })
      start()
    },
    quit: () =>
      new Promise((resolve) => {
        quitting = resolve
        if (state.kind !== 'ready') return resolve()
        send(state.engine, { kind: 'quit' })
        return void setTimeout(resolve, longestQuit)
      }),
  }
}

const send = (engine: UtilityProcess, message: ToEngine, ports: Electron.MessagePortMain[] = []): void =>
  engine.postMessage(message, ports)

type Told = {
  ready(): void
  failed(failure: Failure): void
  active(flowRuns: readonly string[], ended: readonly string[]): void
  handedOver(): void
}

const startChild = (options: EngineProcessOptions, told: Told): UtilityProcess => {
  const { entry, entries, node, compileCache } = options
  const child = utilityProcess.fork(entry, [compileCache], { serviceName: 'Millrace engine', stdio: 'inherit' })
  const workers = startWorkers(child, { entries, node, compileCache })
  child.once('exit', () => workers.killAll())
  child.on('message', (message: FromEngine) => {
    switch (message.kind) {
      case 'ready':
        return told.ready()
      case 'failed':
        return told.failed(message.failure)
      case 'active':
        return told.active(message.flowRuns, message.ended)
      case 'handed-over':
        return told.handedOver()
      case 'start-worker':
      case 'kill-worker':
        return workers.handle(message)
      default:
        return message satisfies never
    }
  })
  return child
}
