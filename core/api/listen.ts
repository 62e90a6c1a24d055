import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import type { createRouter } from './server.ts'

export type Listener = {
  /** How many clients are connected. */
  clients(): number
  /** Resolves when the next client goes. */
  left(): Promise<void>
  close(): Promise<void>
}

/** Serves the contract at a socket file that only its owner may open. What a dead engine left there is replaced. */
export const listen = async (router: ReturnType<typeof createRouter>, socketPath: string): Promise<Listener> => {
  const isPipe = socketPath.startsWith('\\\\')
  if (!isPipe) await rm(socketPath, { force: true })
  const server = createServer((_request, response) => response.writeHead(426).end())
  const websockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 })
  const handler = new RPCHandler(router)
  const waiting: (() => void)[] = []
  websockets.on('connection', (websocket) => {
    websocket.on('error', () => websocket.terminate())
    websocket.on('close', () => {
      for (const resolve of waiting.splice(0)) resolve()
    })
    void handler.upgrade(websocket)
  })
  const before = process.umask(0o077)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, resolve)
    })
  } finally {
    process.umask(before)
  }
  if (!isPipe) await chmod(socketPath, 0o600)
  const close = async () => {
    for (const websocket of websockets.clients) websocket.terminate()
    await new Promise<void>((resolve) => websockets.close(() => resolve()))
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { clients: () => websockets.clients.size, left: () => new Promise((resolve) => waiting.push(resolve)), close }
}
