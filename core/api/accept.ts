import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { createRouter } from './server.ts'

/** A window's end of the way to the engine, as Electron's processes have it. It has been started. */
export type ScreenPort = {
  on(event: string, listen: (event?: { readonly data: unknown }) => void): void
  postMessage(data: unknown): void
  close(): void
}

/** Answers clients that are connected already, by whatever carries them. Ends with the connection. */
export type Acceptor = { socket(socket: WebSocket): void; port(port: ScreenPort): void }

export const acceptorOf = (router: ReturnType<typeof createRouter>): Acceptor => {
  const sockets = new SocketHandler(router)
  const ports = new PortHandler(router)
  return {
    socket: (socket) => void sockets.upgrade(socket),
    port: (port) => ports.upgrade(port),
  }
}
