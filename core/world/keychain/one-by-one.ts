import { inTurn } from '#core/model/in-turn.ts'
import { refusalOfFault, type KeychainFault } from './keychain-faults.ts'

/** Thrown within the keychain's own files; whoever calls it gets a refusal. */
export class Faulty extends Error {
  readonly fault: KeychainFault

  constructor(fault: KeychainFault) {
    super(fault.reason)
    this.fault = fault
  }
}

export type Calls = {
  /** After those before it. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Whether the one that goes on now began so many milliseconds ago. */
  lastsFor(time: number): boolean
}

/**
 * The keychain's calls one after the other. Those that waited while one got no answer fail with it, since each would
 * wait for the same prompt for as long again.
 */
export const oneByOne = (): Calls => {
  const turn = inTurn()
  let began: number | null = null
  let unanswered: { readonly at: number; readonly fault: KeychainFault } | null = null
  return {
    run: (work) => {
      const asked = performance.now()
      return turn(async () => {
        if (unanswered && asked < unanswered.at) throw refusalOfFault(unanswered.fault)
        began = performance.now()
        try {
          return await work()
        } catch (error) {
          if (!(error instanceof Faulty)) throw error
          if (error.fault.state === 'timed-out') unanswered = { at: performance.now(), fault: error.fault }
          throw refusalOfFault(error.fault)
        } finally {
          began = null
        }
      })
    },
    lastsFor: (time) => began !== null && performance.now() - began > time,
  }
}
