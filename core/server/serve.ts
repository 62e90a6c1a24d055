import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Acceptor } from '#core/api/accept.ts'
import { Refused } from '#core/model/failure.ts'
import { addressOf, answer, type Site } from './answer.ts'
import { createGuard, shownName, type Guard } from './guard.ts'
import { readScreenFiles } from './screen-files.ts'
import { createTransfers } from './transfers.ts'

export type ServeOptions = {
  readonly accept: Acceptor
  /** Where the built screen lies. */
  readonly screen: string
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** What a page must show before the engine listens to it. */
  readonly token: string
  readonly identity: Site['identity']
  /** Milliseconds for the head of a request. */
  readonly headTimeout?: number
}

export type ScreenServer = {
  /** With the token, which the page takes out of the address at once. */
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

/** Bytes of one message of a page: the text of a large flow, and no more. */
const largestMessage = 64 * 2 ** 20

/** Milliseconds: for the head of a request, for a connection on which nothing moves, and between two looks at pages. */
const patience = { head: 10_000, idle: 60_000, page: 30_000 } as const

/** More connections than any number of tabs makes. */
const mostConnections = 500

/** The screen in a browser: its files over HTTP, the engine over a WebSocket. */
export const serve = async (options: ServeOptions): Promise<ScreenServer> => {
  const { accept, screen, host, port, token, identity, headTimeout = patience.head } = options
  const guard = createGuard({ host, token })
  const files = await readScreenFiles(screen)
  const site = { files, guard, identity, transfers: createTransfers(identity) }
  const server = createServer(
    // An upload takes as long as it takes, as long as it moves.
    { headersTimeout: headTimeout, requestTimeout: 0, connectionsCheckingInterval: headTimeout / 10 },
    (request, response) => void answer(request, response, site),
  )
  server.timeout = patience.idle
  server.maxConnections = mostConnections
  const sockets = takePages(server, guard, accept)
  await listenAt(server, host, port)
  const bound = (server.address() as AddressInfo).port
  return {
    address: `http://${shownName(host)}:${bound}/#token=${token}`,
    port: bound,
    close: async () => {
      for (const websocket of sockets.clients) websocket.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const takePages = (server: Server, guard: Guard, accept: Acceptor): WebSocketServer => {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: largestMessage })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!mayConnect(request, guard)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      let isAlive = true
      websocket.on('pong', () => (isAlive = true))
      websocket.on('error', () => websocket.terminate())
      // A machine that sleeps, or a tunnel that broke, closes nothing.
      const look = setInterval(() => {
        if (!isAlive) return websocket.terminate()
        isAlive = false
        return websocket.ping()
      }, patience.page)
      websocket.on('close', () => clearInterval(look))
      accept.socket(websocket)
    })
  })
  return sockets
}

const mayConnect = (request: IncomingMessage, guard: Guard): boolean => {
  const { pathname, searchParams } = addressOf(request)
  const isOurs = pathname === '/engine' && guard.isOurHost(request) && guard.isOurOrigin(request)
  return isOurs && guard.hasToken(searchParams.get('token'))
}

/** Refuses with `conflict` when the port is taken. */
const listenAt = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)))
    server.listen(port, host, resolve)
  })

const cannotListen = (host: string, port: number, cause: NodeJS.ErrnoException): Error => {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new Refused({ code: 'conflict', message: `Port ${port} of ${host} is taken.`, retryable: true }, { cause })
    case 'EACCES':
      return new Refused(
        { code: 'denied', message: `Port ${port} may not be used by this user. Choose one above 1023.` },
        { cause },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Refused(
        { code: 'invalid', message: `${host} is no address of this machine. Give --host 127.0.0.1, or leave it out.` },
        { cause },
      )
    default:
      return cause
  }
}
