import type { SecretsReport } from '#core/model/reports.ts'
import { formatSecretName, type SecretName, type Secrets } from '#core/model/secrets.ts'
import { holdsNul, readyReport, reportOfFault, waitingReport, type KeychainFault } from './keychain-faults.ts'
import { keychainItems, type Items } from './keychain-items.ts'
import type { KeychainProcess } from './keychain-process.ts'
import { deleteValue, readValue, writeValue } from './keychain-values.ts'
import { Faulty, oneByOne } from './one-by-one.ts'
import { pieceLimit, splitIntoPieces } from './pieces.ts'

/** The system's keychain. What reads or writes a value may open a prompt of the system; `status` never does. */
export type Keychain = Secrets & {
  /** Lets the system ask for what unlocks it, and waits for the answer. */
  unlock(): Promise<SecretsReport>
  close(): void
}

export type KeychainOptions = {
  readonly keychain: KeychainProcess
  readonly home: string
  /** Bytes of one item, or null; default the platform's. */
  readonly pieceBytes?: number | null
  readonly patience?: Patience
  /** See unlockedOn; default nothing tells. */
  unlocked?(): Promise<boolean | null>
}

/** Milliseconds: for a look that opens no prompt, for a call that may, and for one after which somebody is to type. */
export type Patience = { readonly look: number; readonly use: number; readonly unlock: number }

const defaultPatience: Patience = { look: 10_000, use: 30_000, unlock: 120_000 }

export const openKeychain = (options: KeychainOptions): Keychain => {
  const { keychain, home, pieceBytes = pieceLimit(process.platform), patience = defaultPatience } = options
  const unlocked = options.unlocked ?? (async () => null)
  const calls = oneByOne()
  /** Of the last call that used a value; a look cannot tell a locked keychain from an open one. */
  let known: KeychainFault | null = null
  let wasUsed = false

  const using = async <T>(deadline: number, work: (items: Items) => Promise<T>): Promise<T> => {
    try {
      const result = await work(keychainItems(keychain, home, deadline))
      known = null
      wasUsed = true
      return result
    } catch (error) {
      if (error instanceof Faulty) known = error.fault
      throw error
    }
  }
  const use = <T>(name: SecretName, work: (items: Items, account: string) => Promise<T>): Promise<T> =>
    calls.run(() => using(patience.use, (items) => work(items, formatSecretName(name))))
  const tryIt = async (deadline: number): Promise<SecretsReport> => {
    try {
      await calls.run(() => using(deadline, (items) => items.probe()))
      return readyReport
    } catch (error) {
      if (known) return reportOfFault(known)
      throw error
    }
  }
  const look = () =>
    calls.run(async () => {
      const answer = await keychain.ask({ ask: 'get', account: `${home}/nothing` }, patience.look)
      const fault = 'fault' in answer ? answer.fault : known
      return fault ? reportOfFault(fault) : readyReport
    })
  return {
    get: (name) => use(name, readValue),
    set: async (name, value) => {
      if (value.includes('\0')) throw holdsNul()
      await use(name, (items, account) => writeValue(items, account, splitIntoPieces(value, pieceBytes)))
    },
    delete: (name) => use(name, deleteValue),
    status: () => (calls.lastsFor(patience.look / 4) ? Promise.resolve(waitingReport) : sooner(look(), patience.look)),
    isOpen: async () => !calls.lastsFor(patience.look / 4) && ((await unlocked()) ?? (wasUsed && known === null)),
    prepare: () => tryIt(patience.use),
    unlock: () => tryIt(patience.unlock),
    close: () => keychain.close(),
  }
}

/** The report, unless others wait for the keychain for too long. */
const sooner = async (report: Promise<SecretsReport>, time: number): Promise<SecretsReport> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<SecretsReport>((resolve) => {
    timer = setTimeout(() => resolve(waitingReport), time)
  })
  try {
    return await Promise.race([report, late])
  } finally {
    clearTimeout(timer)
  }
}
