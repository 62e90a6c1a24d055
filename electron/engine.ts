import { openScreenEngine, type ScreenEngine } from '#core/server/screen-engine.ts'
import { failureOf } from '#core/model/failure.ts'
import type { FromEngine, ToEngine } from './messages.ts'
import { utilityWorkers } from './utility-workers.ts'

const { parentPort } = process
const tell = (message: FromEngine): void => parentPort.postMessage(message)
const workers = utilityWorkers(tell)

let engine: ScreenEngine | null = null

const say = (error: unknown): void =>
  void process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)

const open = async ({ home, passphrase }: Extract<ToEngine, { kind: 'open' }>): Promise<void> => {
  try {
    engine = await openScreenEngine({
      home,
      passphrase,
      fork: workers.forkWorker,
      forkKeychain: workers.forkKeychain,
      onBug: say,
      onLost: () => process.exit(1),
      onHandedOver: () => tell({ kind: 'handed-over' }),
      onActive: (flowRuns, ended) => tell({ kind: 'active', flowRuns, ended }),
    })
    tell({ kind: 'ready' })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'bug') say(error)
    tell({ kind: 'failed', failure })
  }
}

const quit = async (): Promise<void> => {
  await engine?.close()
  process.exit(0)
}

parentPort.on('message', ({ data, ports }) => {
  const message = data as ToEngine
  const [port] = ports
  switch (message.kind) {
    case 'open':
      return void open(message)
    case 'screen':
      if (port) engine?.accept.port(port)
      return port?.start()
    case 'quit':
      return void quit()
    default:
      return workers.take(message, ports)
  }
})
