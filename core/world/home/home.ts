import type { LogCap, LogStore } from '#core/model/log-store.ts'
import type { RunStore } from '#core/world/sqlite/run-store.ts'
import type { StateStore } from '#core/model/store.ts'

/** The folder that holds all state of one installation, owned by this process until it is closed. */
export type Home = {
  readonly id: string
  readonly dir: string
  /** Where the engine listens: a socket file, or a named pipe on Windows. */
  readonly socketPath: string
  /** Grows by one with each owner. Every write checks that it is still the last. */
  readonly token: number
  readonly store: StateStore & RunStore
  readonly logs: LogStore
  /** Aborts when another engine has taken the home over; nothing can be written any more. */
  readonly lost: AbortSignal
  /** Stores what is left and gives the home free. */
  close(): void
}

export type HomeOptions = {
  /** Of Millrace, for the message that another process shows. */
  readonly version: string
  /** The folder with the migrations: `resources/migrations`. */
  readonly migrations: string
  readonly logCap?: LogCap
  /**
   * Ends an owner that hangs: one that holds the lock but gave no sign of life for 10 s. Never one that lives.
   * Without it such a home is refused like any other that is held.
   */
  readonly takeOver?: boolean
}
