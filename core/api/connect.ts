import { WebSocket } from 'ws'
import { screenPath } from './listen.ts'
import { clientOver, type ClientSocket, type EngineClient } from './client.ts'

/** An engine that hangs takes connections and answers none; milliseconds. */
const handshakeTimeout = 2000

export type Connection = {
  readonly client: EngineClient
  /** Whether the engine has gone: what was asked of it is rejected. */
  isLost(): boolean
  /** Resolves when it has gone. */
  readonly lost: Promise<void>
  close(): Promise<void>
}

/** Connects to the engine that listens at a socket file (or named pipe). Rejects when nobody answers. */
export const connect = async (
  socketPath: string,
  { as = 'command' }: { as?: 'command' | 'screen' } = {},
): Promise<Connection> => {
  const path = as === 'screen' ? screenPath : '/'
  const websocket = new WebSocket(`ws+unix:${socketPath}:${path}`, { perMessageDeflate: false, handshakeTimeout })
  await new Promise<void>((resolve, reject) => {
    websocket.once('open', resolve)
    websocket.once('error', reject)
  })
  // An engine that dies ends the connection; calls that wait are rejected by the client.
  websocket.on('error', () => undefined)
  const lost = new Promise<void>((resolve) => websocket.once('close', () => resolve()))
  const close = () =>
    new Promise<void>((resolve) => {
      if (websocket.readyState === WebSocket.CLOSED) return resolve()
      websocket.once('close', () => resolve())
      websocket.close()
    })
  // The two declarations of WebSocket differ only in the classes of their events.
  const client = clientOver(websocket as unknown as ClientSocket)
  return { client, isLost: () => websocket.readyState !== WebSocket.OPEN, lost, close }
}
