import { spawn } from 'node:child_process'
import path from 'node:path'
import { chromium, type Browser } from 'playwright'
import { noKeychain } from '#test/fixtures/no-keychain.ts'
import { findProgram } from '#test/run/programs.ts'
import { root } from '#test/run/step.ts'

export const sizes = { small: { width: 1280, height: 800 }, large: { width: 1920, height: 1080 } } as const
export type Size = { readonly width: number; readonly height: number }

type Serving = { readonly address: string; stop(): Promise<void> }

/** `millrace serve` on a home. */
export const startServing = async (home: string, env: Readonly<Record<string, string>> = {}): Promise<Serving> => {
  const server = spawn(
    process.execPath,
    [path.join(root, 'dist/millrace.mjs'), '--home', home, 'serve', '--port', '0', '--json'],
    { env: { ...process.env, ...noKeychain, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`millrace serve ended with ${code}.`)))
    server.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
  })
  const { address } = JSON.parse(line) as { address: string }
  return {
    address,
    stop: async () => {
      server.kill('SIGTERM')
      await ended
    },
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
