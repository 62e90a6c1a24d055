import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Acceptor } from './accept.ts'

/** Where screens connect: they look on, and an engine that has nothing more to do does not stay for them. */
export const screenPath = '/screen'

export type Listener = {
  /** How many commands are connected. */
  clients(): number
  /** Resolves when the next client goes. */
  left(): Promise<void>
  close(): Promise<void>
}

/** Serves the contract at a socket file that only its owner may open. What a dead engine left there is replaced. */
export const listen = async (accept: Acceptor, socketPath: string): Promise<Listener> => {
  const isPipe = socketPath.startsWith('\\\\')
  if (!isPipe) await rm(socketPath, { force: true })
  const server = createServer((_request, response) => response.writeHead(426).end())
  const websockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 64 * 1024 * 1024 })
  const waiting: (() => void)[] = []
  const commands = new Set<WebSocket>()
  websockets.on('connection', (websocket, { url }) => {
    if (url !== screenPath) commands.add(websocket)
    websocket.on('error', () => websocket.terminate())
    websocket.on('close', () => {
      commands.delete(websocket)
      for (const resolve of waiting.splice(0)) resolve()
    })
    accept.socket(websocket)
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
  return { clients: () => commands.size, left: () => new Promise((resolve) => waiting.push(resolve)), close }
}
