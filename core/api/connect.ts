import { WebSocket } from 'ws'
import { clientOver, type ClientSocket, type EngineClient } from './client.ts'

/** An engine that hangs takes connections and answers none; milliseconds. */
const handshakeTimeout = 2000

export type Connection = {
  readonly client: EngineClient
  /** Whether the engine has gone: what was asked of it is rejected. */
  isLost(): boolean
  close(): Promise<void>
}

/** Connects to the engine that listens at a socket file (or named pipe). Rejects when nobody answers. */
export const connect = async (socketPath: string): Promise<Connection> => {
  const websocket = new WebSocket(`ws+unix:${socketPath}:/`, { perMessageDeflate: false, handshakeTimeout })
  await new Promise<void>((resolve, reject) => {
    websocket.once('open', resolve)
    websocket.once('error', reject)
  })
  // An engine that dies ends the connection; calls that wait are rejected by the client.
  websocket.on('error', () => undefined)
  const close = () =>
    new Promise<void>((resolve) => {
      if (websocket.readyState === WebSocket.CLOSED) return resolve()
      websocket.once('close', () => resolve())
      websocket.close()
    })
  // The two declarations of WebSocket differ only in the classes of their events.
  const client = clientOver(websocket as unknown as ClientSocket)
  return { client, isLost: () => websocket.readyState !== WebSocket.OPEN, close }
}
