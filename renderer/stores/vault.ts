import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { SecretsCheck, SecretsRemedy, SecretsReport } from '#core/model/reports.ts'
import { stateType } from '#core/model/state.ts'
import type { Engine } from '#renderer/rpc/engine.ts'

/** Where secrets are kept and whether they can be had now. */
export type VaultState = {
  readonly report: SecretsReport | null
  /** The person does without secrets for now. */
  readonly later: boolean
  /** A secret is to be stored or read: a vault that is not there yet gets its passphrase. */
  readonly wanted: boolean
  /** What is being done about it. */
  readonly busy: SecretsRemedy | 'check' | null
  readonly failure: Failure | null
  /** Of the last time that somebody had all secrets checked. */
  readonly check: SecretsCheck | null
  /** Another place was chosen, and nobody has looked yet whether secrets stayed behind. */
  readonly chosen: boolean
}

export const useVault = create<VaultState>(() => ({
  report: null,
  later: false,
  wanted: false,
  busy: null,
  failure: null,
  check: null,
  chosen: false,
}))

/** The last question that was put, and the last whose answer is shown. */
let [asked, shown] = [0, 0]

/** A keychain answers when it likes: what was asked before that which is shown is old, and nothing of it is taken. */
const newest = async (ask: () => Promise<Partial<VaultState>>): Promise<Partial<VaultState>> => {
  asked += 1
  const question = asked
  const answer = await ask()
  if (question < shown) return {}
  shown = question
  return answer
}

const readReport = (engine: Engine): Promise<Partial<VaultState>> =>
  newest(async () => ({ report: await engine.client.system.secrets() }))

export const readVault = async (engine: Engine): Promise<void> => useVault.setState(await readReport(engine))

/** Asks nothing of the system: what a locked keychain said the last time somebody needed it. */
export const lookAtSecrets = (engine: Engine): void => {
  if (engine.status().state === 'connected') void readVault(engine).catch(() => undefined)
}

/** Milliseconds: a look starts a process, which should not take part in drawing the first page. */
const untilFirstLook = 700

/** Asked anew with each engine, since one that was started again has a locked vault, and when a run ends badly. */
export const startVault = (engine: Engine): void => {
  const follow = () => lookAtSecrets(engine)
  const soon = () => void setTimeout(follow, untilFirstLook)
  engine.onStatus(soon)
  soon()
  engine.follow(
    (client, signal) => client.runs.watchList({}, { signal }),
    ({ changed }) => changed.some(({ state }) => stateType(state) === 'FAILED') && follow(),
  )
}

/** One thing at a time; a refusal stays until the next. */
const attempt = async (busy: VaultState['busy'], work: () => Promise<Partial<VaultState>>): Promise<void> => {
  if (useVault.getState().busy !== null) return
  useVault.setState({ busy, failure: null })
  try {
    useVault.setState({ ...(await work()), busy: null })
  } catch (error) {
    useVault.setState({ failure: failureOfCall(error), busy: null })
  }
}

export const unlockVault = (engine: Engine, passphrase: string): Promise<void> =>
  attempt('unlock', async () => {
    await engine.client.system.unlockSecrets({ passphrase })
    return { ...(await readReport(engine)), wanted: false }
  })

/** The system asks in a window of its own; this waits for the answer. */
const unlockKeychain = async (engine: Engine): Promise<Partial<VaultState>> => {
  await engine.client.system.unlockSecrets({})
  return { ...(await readReport(engine)), wanted: false }
}

const choose = async (engine: Engine, place: 'vault' | 'keychain'): Promise<Partial<VaultState>> => {
  const answer = await newest(async () => ({ report: await engine.client.system.chooseSecrets({ place }) }))
  // A new vault is made with a passphrase: it is asked for at once.
  return { ...answer, later: false, wanted: place === 'vault', check: null, chosen: true }
}

/** Does what the report offers. */
export const mendSecrets = (engine: Engine, remedy: SecretsRemedy): Promise<void> => {
  const { report } = useVault.getState()
  if (remedy === 'unlock' && report?.backend === 'vault') {
    askForPassphrase()
    return Promise.resolve()
  }
  if (remedy === 'finish-move') return moveSecrets(engine, report?.moving ?? 'keychain')
  return attempt(remedy, async () => {
    switch (remedy) {
      case 'unlock':
        return unlockKeychain(engine)
      case 'retry':
        return newest(async () => ({ report: await engine.client.system.secrets({ try: true }) }))
      case 'use-vault':
        return choose(engine, 'vault')
      case 'use-keychain':
        return choose(engine, 'keychain')
      default:
        return remedy satisfies never
    }
  })
}

/** Takes all values along; what a place has that is not used any more goes. What neither place has is named. */
export const moveSecrets = (engine: Engine, to: 'keychain' | 'vault'): Promise<void> =>
  attempt('finish-move', () =>
    newest(async () => {
      const { moved, lost } = await engine.client.system.moveSecrets({ to })
      const check = { checked: moved + lost.length, lost, elsewhere: [], unknown: [] }
      return { report: await engine.client.system.secrets(), check: lost.length > 0 ? check : null }
    }),
  )

/** Reads every secret that a block names; the system may ask meanwhile. */
export const checkSecrets = (engine: Engine): Promise<void> =>
  attempt('check', () => {
    useVault.setState({ chosen: false })
    return newest(async () => ({
      check: await engine.client.system.checkSecrets(),
      report: await engine.client.system.secrets(),
    }))
  })

/** `set` sets the place. What was found of the former one says nothing of it. */
export const choosePlace = async (set: () => Promise<void>): Promise<void> => {
  useVault.setState({ check: null, failure: null })
  await set()
  useVault.setState({ chosen: true })
}

/** These were set since the check. */
export const forgetLost = (reference: string, fields: readonly string[]): void =>
  useVault.setState(({ check }) =>
    check
      ? {
          check: {
            ...check,
            lost: check.lost.filter((lost) => !fields.some((field) => lost === `${reference}#${field}`)),
          },
        }
      : {},
  )

export const unlockLater = (): void => useVault.setState({ later: true, wanted: false })
/** Where a secret is needed and cannot be had. */
export const askForPassphrase = (): void => useVault.setState({ later: false, wanted: true })

export const isVaultLocked = (): boolean => {
  const { report } = useVault.getState()
  return report?.backend === 'vault' && report.state === 'locked'
}
