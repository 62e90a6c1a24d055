import { randomUUID } from 'node:crypto'
import type { KeychainProcess } from './keychain-process.ts'
import type { KeychainQuestion } from './messages.ts'
import { Faulty } from './one-by-one.ts'

/** Single items of the keychain. Every call throws Faulty when it cannot be used. */
export type Items = {
  /** Null only when it is surely not there. */
  get(account: string): Promise<string | null>
  set(account: string, text: string): Promise<void>
  /** No error when it is not there. */
  delete(account: string): Promise<void>
  /** Whether anything can be kept at all: writes an item and takes it away. */
  probe(): Promise<void>
}

/** An answer that comes later than this was a person's: a prompt was open. Milliseconds. */
const promptTime = 3000

/**
 * A locked keyring says of an item that it is not there, as it does when the prompt is dismissed, and writing after a
 * dismissed prompt does nothing without a word. So “not there” is believed only after a write has worked, and a write
 * only when it was read back.
 */
export const keychainItems = (keychain: KeychainProcess, home: string, deadline: number): Items => {
  const ask = async (question: KeychainQuestion): Promise<string | null> => {
    const answer = await keychain.ask(question, deadline)
    if ('fault' in answer) throw new Faulty(answer.fault)
    return answer.value
  }
  const set = async (account: string, text: string): Promise<void> => {
    await ask({ ask: 'set', account, value: text })
    if ((await ask({ ask: 'get', account })) !== text) throw dismissed()
  }
  const probe = async (): Promise<void> => {
    // Of its own, since another process may take its probe away between two looks at it.
    const account = `${home}/probe/${randomUUID()}`
    await set(account, 'Millrace tries whether it can keep something here.')
    await ask({ ask: 'delete', account })
  }
  return {
    get: async (account) => {
      const began = performance.now()
      const text = await ask({ ask: 'get', account })
      if (text !== null) return text
      if (performance.now() - began > promptTime) throw dismissed()
      await probe()
      return null
    },
    set,
    delete: async (account) => {
      if ((await ask({ ask: 'delete', account })) === null) await probe()
    },
    probe,
  }
}

const dismissed = (): Faulty => new Faulty({ state: 'denied', reason: 'the prompt to unlock it was dismissed' })
