import { spawn } from 'node:child_process'
import path from 'node:path'
import { screenFolder } from '#core/places.ts'
import { isLoopback } from '#core/server/guard.ts'
import { pageToken } from '#core/server/page-token.ts'
import { openScreenEngine } from '#core/server/screen-engine.ts'
import { serve, type ScreenServer, type ServeOptions } from '#core/server/serve.ts'
import { Refused } from '#core/model/failure.ts'
import { exitCodes, type ExitCode, type Terminal } from '../terminal.ts'

export type ServeRequest = {
  readonly home: string
  readonly version: string
  readonly passphrase: string | null
  readonly host: string
  /** Null: the usual one, or the next that is free. */
  readonly port: number | null
  readonly json: boolean
  readonly open: boolean
}

const usualPort = 4200
const mostPorts = 20

/** Serves the screen until it is told to stop. */
export const serveScreen = async (terminal: Terminal, request: ServeRequest): Promise<ExitCode> => {
  const { home, version, passphrase, host } = request
  const stopped = Promise.withResolvers<void>()
  const engine = await openScreenEngine({
    home,
    passphrase,
    onBug: (error) => terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    onStalled: (reason) => terminal.err(reason ?? 'The home can be written to again; runs go on.'),
    onLost: () => {
      terminal.err('Another engine has taken this home over, so this one ends.')
      stopped.resolve()
    },
    onHandedOver: () => terminal.err('The other command has ended; this process runs the engine now.'),
  })
  const stop = () => stopped.resolve()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    const token = pageToken(home, host)
    const options = { accept: engine.accept, screen: screenFolder, host, token, identity: { home, version } }
    const server = await serveAtFreePort(terminal, options, request.port)
    sayAddress(terminal, server, request)
    if (request.open) openInBrowser(server.address)
    await stopped.promise
    sayStopped(terminal, engine.activeFlowRuns())
    await server.close()
    return exitCodes.completed
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    await engine.close()
  }
}

const sayAddress = (terminal: Terminal, { address, port }: ScreenServer, { home, host, json }: ServeRequest): void => {
  if (!isLoopback(host))
    terminal.err(
      `Warning: other machines can reach ${host}. Who has the address below may run anything here as you, and it travels unencrypted. An SSH tunnel (ssh -L) to 127.0.0.1 is safer.`,
    )
  if (json) terminal.out(JSON.stringify({ type: 'serving', address, port, home }))
  else {
    terminal.out(address)
    terminal.err(`Open this address in a browser on this machine. Ctrl-C stops it. Home: ${path.resolve(home)}`)
  }
}

const sayStopped = (terminal: Terminal, flowRuns: readonly string[]): void => {
  if (flowRuns.length === 0) return
  terminal.err(`Stopped and marked Crashed: ${flowRuns.join(', ')}. Go on with: millrace flow-run resume NAME`)
}

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open', win32: 'explorer.exe' }

/** Where no browser can be started, the address is there to be typed. */
const openInBrowser = (address: string): void => {
  const opener = openers[process.platform]
  if (opener === undefined) return
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

const isTaken = (error: unknown): boolean => error instanceof Refused && error.failure.code === 'conflict'

const serveAtFreePort = async (
  terminal: Terminal,
  options: Omit<ServeOptions, 'port'>,
  wanted: number | null,
): Promise<ScreenServer> => {
  const first = wanted ?? usualPort
  for (let port = first; ; port += 1) {
    try {
      return await serve({ ...options, port })
    } catch (error) {
      if (!isTaken(error) || port >= first + mostPorts) throw error
      const holder = await holderOf(options.host, port)
      if (wanted !== null) {
        throw new Refused({
          code: 'conflict',
          message: `Port ${port} is taken${holder}. Try the next one: millrace serve --port ${port + 1}`,
        })
      }
      terminal.err(`Port ${port} is taken${holder}; trying ${port + 1}.`)
    }
  }
}

/** Who has the port, when it is another Millrace. */
const holderOf = async (host: string, port: number): Promise<string> => {
  try {
    const response = await fetch(`http://${host}:${port}/identity`, { signal: AbortSignal.timeout(1000) })
    const { home, pid } = (await response.json()) as { home?: unknown; pid?: unknown }
    return typeof home === 'string' ? ` by another Millrace (process ${String(pid)}, home ${home})` : ''
  } catch {
    return ''
  }
}
