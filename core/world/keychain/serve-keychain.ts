import type keytarModule from 'keytar'
import type { FromKeychain, KeychainChannel, KeychainQuestion, ToKeychain } from './messages.ts'

/** What names Millrace in every keychain. */
const service = 'Millrace'

type Keytar = Pick<typeof keytarModule, 'getPassword' | 'setPassword' | 'deletePassword'>

/** Of a fork of Node. */
export const nodeKeychainChannel = (): KeychainChannel => ({
  // A send fails only when the engine is gone, which onClose tells.
  send: (message) => void process.send?.(message, undefined, undefined, () => {}),
  onMessage: (listener) => void process.on('message', listener),
  onClose: (listener) => void process.on('disconnect', listener),
})

/**
 * Makes this process the one that talks to the keychain. keytar blocks its threads while a prompt is open, so that not
 * even process.exit works then, and it can crash: nothing else may run here. `findCredentials` and `findPassword` are
 * never called; the first crashes on a locked keyring.
 */
export const serveKeychain = (channel: KeychainChannel): void => {
  const loaded = loadKeytar()
  channel.onClose(() => process.kill(process.pid, 'SIGKILL'))
  const answer = async ({ id, question }: ToKeychain): Promise<void> => {
    const found = await loaded
    if (typeof found === 'string') channel.send({ id, kind: 'not-installed', reason: found })
    else channel.send(await answerOf(found, id, question))
  }
  channel.onMessage((message) => void answer(message))
}

/** Or why there is none. */
const loadKeytar = async (): Promise<Keytar | string> => {
  try {
    const { default: keytar } = await import('keytar')
    return keytar
  } catch (error) {
    return reasonOf(error)
  }
}

const answerOf = async (keytar: Keytar, id: number, question: KeychainQuestion): Promise<FromKeychain> => {
  try {
    return { id, kind: 'answer', value: await asked(keytar, question) }
  } catch (error) {
    return { id, kind: 'failed', reason: reasonOf(error) }
  }
}

const asked = async (keytar: Keytar, question: KeychainQuestion): Promise<string | null> => {
  const { account } = question
  switch (question.ask) {
    case 'get':
      return keytar.getPassword(service, account)
    case 'set':
      await keytar.setPassword(service, account, question.value)
      return null
    case 'delete':
      return (await keytar.deletePassword(service, account)) ? 'deleted' : null
    default:
      return question satisfies never
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
