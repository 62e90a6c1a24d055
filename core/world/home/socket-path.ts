import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Refused } from '#core/model/failure.ts'

/** Linux takes 107 bytes, macOS 103. */
const longest = 100

/**
 * Where the engine of a home listens. A path too long for a socket is replaced by a short one that follows from it, in a
 * folder only this user can enter.
 */
export const socketPath = (dir: string): string => {
  const home = realpathSync(dir)
  const name = createHash('sha256').update(home).digest('hex').slice(0, 20)
  if (process.platform === 'win32') return String.raw`\\.\pipe\millrace-${name}`
  const inHome = join(home, 'engine.sock')
  return Buffer.byteLength(inHome) <= longest ? inHome : join(privateFolder(), `${name}.sock`)
}

const privateFolder = (): string => {
  const runtime = process.env['XDG_RUNTIME_DIR']
  const folder = runtime ? join(runtime, 'millrace') : join(tmpdir(), `millrace-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const isOurs = lstatSync(folder).isDirectory() && uid === userInfo().uid && (mode & 0o077) === 0
  if (isOurs) return folder
  throw new Refused({
    code: 'denied',
    message: `${folder} can be entered by others, so the engine does not listen there. Remove it, or choose a home with a shorter path.`,
  })
}
