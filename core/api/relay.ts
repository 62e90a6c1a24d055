import { WebSocket } from 'ws'
import type { Acceptor } from './accept.ts'
import { screenPath } from './listen.ts'

type Frame = string | Uint8Array
type Peer = {
  send(data: Frame): void
  close(): void
  onMessage(take: (data: Frame) => void): void
  onClose(left: () => void): void
}

/** Passes on, as it is, what a screen and the engine of another process say to one another. */
export const relayTo = (socketPath: string): Acceptor => ({
  socket: (socket) =>
    relay(socketPath, {
      send: (data) => socket.send(data),
      close: () => socket.close(),
      onMessage: (take) => socket.on('message', (data: Buffer, isBinary) => take(frameOf(data, isBinary))),
      onClose: (left) => socket.on('close', left),
    }),
  port: (port) =>
    relay(socketPath, {
      send: (data) => port.postMessage(data),
      close: () => port.close(),
      onMessage: (take) => port.on('message', (event) => take(event?.data as Frame)),
      onClose: (left) => port.on('close', () => left()),
    }),
})

const frameOf = (data: Buffer, isBinary: boolean): Frame => (isBinary ? new Uint8Array(data) : data.toString())

const relay = (socketPath: string, peer: Peer): void => {
  const engine = new WebSocket(`ws+unix:${socketPath}:${screenPath}`, { perMessageDeflate: false })
  const early: Frame[] = []
  peer.onMessage((data) => {
    if (engine.readyState === WebSocket.CONNECTING) early.push(data)
    else if (engine.readyState === WebSocket.OPEN) engine.send(data)
  })
  peer.onClose(() => engine.close())
  engine.on('open', () => {
    for (const data of early.splice(0)) engine.send(data)
  })
  engine.on('message', (data: Buffer, isBinary) => peer.send(frameOf(data, isBinary)))
  engine.on('error', () => engine.terminate())
  engine.on('close', () => peer.close())
}
