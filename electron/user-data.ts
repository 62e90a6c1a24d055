import { createHash } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import path from 'node:path'

/**
 * Where the window keeps its own things: in the home, so that each home has one instance. A home that cannot be written
 * to still opens a window that says so, whose things lie in `elsewhere`.
 */
export const userDataFor = (home: string, elsewhere: string): string => {
  const inHome = path.join(home, 'app')
  if (isWritable(inHome)) return inHome
  const name = createHash('sha256').update(path.resolve(home)).digest('hex').slice(0, 16)
  return path.join(elsewhere, `Millrace ${name}`)
}

const isWritable = (folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
