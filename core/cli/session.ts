import { setTimeout as wait } from 'node:timers/promises'
import type { Connection } from '#core/api/connect.ts'
import { openEngine } from '#core/compose.ts'
import { connectEngine } from '#core/connect-engine.ts'
import { Refused } from '#core/model/failure.ts'
import { HomeHeld } from '#core/model/home-held.ts'
import { exitCodes, type ExitCode, type Terminal } from './terminal.ts'

/** An engine to talk to: our own, or that of the process that holds the home. */
export type Session = Pick<Connection, 'client' | 'isLost' | 'close'>
export type EngineWork = (session: Session) => Promise<ExitCode>

/**
 * How long we wait for an engine that has the lock but does not listen yet, that is about to end, or that hangs: for one
 * that hangs until it counts as such. Milliseconds.
 */
const patience = 15_000

export type SessionOptions = {
  readonly home: string
  readonly version: string
  readonly terminal: Terminal
  /** Of the vault; null leaves it locked. */
  readonly passphrase: string | null
}

export const withEngine = async (options: SessionOptions, work: EngineWork): Promise<ExitCode> => {
  const session = await openSession(options)
  try {
    return await work(session)
  } catch (error) {
    throw session.isLost() ? engineGone(error) : error
  } finally {
    await session.close()
  }
}

const engineGone = (cause: unknown): Refused =>
  new Refused(
    {
      code: 'unavailable',
      message:
        'The engine that held this home, in another process, has gone. What it ran is Crashed: see millrace flow-run ls, and go on with millrace flow-run resume.',
      retryable: true,
    },
    { cause },
  )

const openSession = async (options: SessionOptions): Promise<Session> => {
  const deadline = Date.now() + patience
  let takeOver = false
  for (;;) {
    try {
      return await tryOpen(options, takeOver)
    } catch (error) {
      if (!(error instanceof HomeHeld) || Date.now() > deadline) throw error
      if (error.hung && !takeOver) options.terminal.err('The engine that holds this home hangs; taking the home over …')
      takeOver = error.hung
    }
    await wait(100)
  }
}

const tryOpen = async (options: SessionOptions, takeOver: boolean): Promise<Session> => {
  const { home, passphrase, terminal } = options
  try {
    const engine = await openEngine({
      home,
      passphrase,
      takeOver,
      // A command that only looks must not run anything.
      retries: 'wait',
      onBug: (error) => terminal.err(describeBug(error)),
      onStalled: sayStalled(terminal),
      onLost: () => {
        terminal.err('Another engine has taken this home over, so this one ends. What ran here was stopped.')
        process.exit(exitCodes.failed)
      },
    })
    return { client: engine.client, isLost: () => false, close: () => closeOwn(engine, terminal) }
  } catch (error) {
    if (!(error instanceof HomeHeld) || error.hung) throw error
    const remote = await connectEngine(error.dir).catch(() => null)
    if (!remote) throw error
    try {
      return await shakeHands(remote, options)
    } catch (refusal) {
      // It was just ending.
      throw remote.isLost() && !(refusal instanceof Refused) ? error : refusal
    }
  }
}

/** Once, however often it is tried again. */
const sayStalled = (terminal: Terminal) => {
  let said: string | null = null
  return (reason: string | null): void => {
    if (reason !== said) terminal.err(reason ?? 'The home can be written to again; runs go on.')
    said = reason
  }
}

const describeBug = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

/** An engine of another version may speak another contract. A passphrase given to us is for the engine to use. */
const shakeHands = async (remote: Session, { version, passphrase }: SessionOptions): Promise<Session> => {
  const { millrace } = await remote.client.system.version()
  if (millrace !== version) {
    await remote.close()
    throw new Refused({
      code: 'conflict',
      message: `Millrace ${millrace} holds this home and this is ${version}. Quit that one first, or use its command.`,
    })
  }
  const { locked } = await remote.client.system.passphraseWanted()
  if (passphrase !== null && locked) await remote.client.system.unlockSecrets({ passphrase })
  return remote
}

/** Other commands may have become our clients; their runs are ours to finish. */
const closeOwn = async (engine: Awaited<ReturnType<typeof openEngine>>, terminal: Terminal): Promise<void> => {
  const others = engine.activeFlowRuns()
  if (others.length > 0)
    terminal.err(`Waiting for what other commands started here: ${others.join(', ')}. Ctrl-C cancels it.`)
  const cancel = () => void engine.cancelAll()
  process.on('SIGINT', cancel)
  process.on('SIGTERM', cancel)
  try {
    await engine.idle()
    const waiting = engine.waitingForRetry()
    if (waiting.length > 0)
      terminal.err(
        `To be tried again when something is next run or resumed here, or the app or millrace serve is started: ${waiting.join(', ')}.`,
      )
  } finally {
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
    await engine.close()
  }
}
