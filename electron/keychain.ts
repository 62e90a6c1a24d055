import type { KeychainChannel, ToKeychain } from '#core/world/keychain/messages.ts'
import { serveKeychain } from '#core/world/keychain/serve-keychain.ts'

/** Questions of the engine come over a port that main hands over first. */
process.parentPort.once('message', ({ ports: [port] }) => {
  if (!port) throw new Error('The keychain process was started without a port.')
  const channel: KeychainChannel = {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (event) => listener(event.data as ToKeychain)),
    onClose: (listener) => void port.on('close', listener),
  }
  serveKeychain(channel)
  port.start()
})
