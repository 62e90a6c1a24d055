import { spawn } from 'node:child_process'

export type Display = { readonly name: string; close(): void }

/** A screen that nobody sees, of this size. Where there is a real one in use, it is left alone all the same. */
export const openDisplay = async (size = '1920x1080'): Promise<Display> => {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', `${size}x24`, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const name = await new Promise<string>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}.`)))
    server.stdout.once('data', (chunk: Buffer) => resolve(`:${chunk.toString().trim()}`))
  })
  return { name, close: () => void server.kill() }
}
