import { spawn } from 'node:child_process'
import path from 'node:path'
import { chromium, type Browser } from 'playwright'
import { noKeychain } from '#test/fixtures/no-keychain.ts'
import { findProgram } from '#test/run/programs.ts'
import { root } from '#test/run/step.ts'

export const sizes = { small: { width: 1280, height: 800 }, large: { width: 1920, height: 1080 } } as const
export type Size = { readonly width: number; readonly height: number }

export type Serving = {
  readonly address: string
  readonly port: number
  stop(): Promise<void>
  /** Leaves it no time to end anything. */
  kill(): Promise<void>
}

type ServingOptions = { readonly env?: Readonly<Record<string, string>>; readonly port?: number }

/** `millrace serve` on a home; at any free port where none is named. */
export const startServing = async (
  home: string,
  { env = {}, port: wanted = 0 }: ServingOptions = {},
): Promise<Serving> => {
  const server = spawn(
    process.execPath,
    [path.join(root, 'dist/millrace.mjs'), '--home', home, 'serve', '--port', String(wanted), '--json'],
    { env: { ...process.env, ...noKeychain, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`millrace serve ended with ${code}.`)))
    server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
  })
  const { address, port } = JSON.parse(line) as { address: string; port: number }
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal)
    await ended
  }
  return {
    address,
    port,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const openChromium = (): Promise<Browser> => {
  const executablePath = findProgram('chromium')
  if (executablePath === null) throw new Error('There is no Chromium here.')
  return chromium.launch({ executablePath, args: chromiumFlags })
}
