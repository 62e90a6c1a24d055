import type { Acceptor } from '#core/api/accept.ts'
import type { Connection } from '#core/api/connect.ts'
import { openEngine } from '#core/compose.ts'
import type { EngineOptions } from '#core/compose-base.ts'
import { relayToEngine, watchEngine } from '#core/connect-engine.ts'
import { Refused } from '#core/model/failure.ts'
import { HomeHeld } from '#core/model/home-held.ts'
import { version } from '#core/version.ts'

/** The engine behind a screen: our own, or for as long as a command has the home, that command's. */
export type ScreenEngine = {
  readonly accept: Acceptor
  /** Names of the flow runs of our own engine that have not ended. */
  activeFlowRuns(): readonly string[]
  close(): Promise<void>
}

export type ScreenEngineOptions = Omit<EngineOptions, 'takeOver'> & {
  /** Told when the engine of another process is gone: the screen must connect anew, and we open our own. */
  onHandedOver(): void
}

export const openScreenEngine = async (options: ScreenEngineOptions): Promise<ScreenEngine> => {
  let current = await openOnce(options, reopen)
  let closing = false
  async function reopen(): Promise<void> {
    if (closing) return
    try {
      current = await openOnce(options, reopen)
      options.onHandedOver()
    } catch (error) {
      options.onBug(error)
      options.onLost?.()
    }
  }
  return {
    accept: { socket: (socket) => current.accept.socket(socket), port: (port) => current.accept.port(port) },
    activeFlowRuns: () => current.activeFlowRuns(),
    close: async () => {
      closing = true
      await current.close()
    },
  }
}

const openOnce = async (options: ScreenEngineOptions, lost: () => Promise<void>): Promise<ScreenEngine> => {
  for (;;) {
    try {
      return await openEngine(options)
    } catch (error) {
      if (!(error instanceof HomeHeld)) throw error
      if (error.hung) return openEngine({ ...options, takeOver: true })
      const other = await followOther(error.dir, lost)
      if (other) return other
    }
  }
}

/** Null when it was just ending. */
const followOther = async (home: string, lost: () => Promise<void>): Promise<ScreenEngine | null> => {
  const watching = await watchEngine(home).catch(() => null)
  if (!watching) {
    // It has the lock and does not listen: it begins, or ends.
    await new Promise((resolve) => setTimeout(resolve, 100))
    return null
  }
  try {
    await refuseOtherVersion(watching)
  } catch (error) {
    if (watching.isLost()) return null
    await watching.close()
    throw error
  }
  void watching.lost.then(() => lost())
  return { accept: relayToEngine(home), activeFlowRuns: () => [], close: () => watching.close() }
}

/** An engine of another version may speak another contract than the screen. */
const refuseOtherVersion = async ({ client }: Connection): Promise<void> => {
  const { millrace } = await client.system.version()
  if (millrace === version) return
  throw new Refused({
    code: 'conflict',
    message: `A command of Millrace ${millrace} holds this home, and this is ${version}. Try again when it has ended.`,
    retryable: true,
  })
}
