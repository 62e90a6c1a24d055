import { readdirSync } from 'node:fs'
import { createServer, connect as connectSocket } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { connect, type Connection } from '#core/api/connect.ts'
import { socketPath } from '#core/world/home/socket-path.ts'
import type { Workspace } from './workspace.ts'

/** A client of the engine, and all bytes that the engine has sent it. */
export const tappedClient = async (space: Workspace): Promise<Connection & { sent(): Buffer }> => {
  const chunks: Buffer[] = []
  const tap = createServer((socket) => {
    const engine = connectSocket(socketPath(space.home))
    engine.on('data', (chunk: Buffer) => chunks.push(chunk))
    for (const one of [socket, engine]) one.on('error', () => undefined)
    socket.pipe(engine).pipe(socket)
  })
  const address = space.path('tap.sock')
  await new Promise<void>((resolve) => tap.listen(address, resolve))
  const connection = await connect(address)
  const close = async () => {
    await connection.close()
    tap.close()
  }
  onTestFinished(close)
  return { ...connection, close, sent: () => Buffer.concat(chunks) }
}

export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
