import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isLoopback } from './guard.ts'

const madeToken = (): string => randomBytes(24).toString('base64url')

/** Null where there is none, or one that others could have read. */
const keptToken = (file: string): string | null => {
  try {
    // Windows has no such bits; there the home lies in the user's own folder.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) return null
    const token = readFileSync(file, 'utf8')
    return /^[\w-]{32}$/.test(token) ? token : null
  } catch {
    return null
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/**
 * What a page must show. On this machine it stays with the home, so that a tab goes on when the server is started again:
 * who can read the file can use the engine's socket beside it anyway. What other machines can reach gets a new one each
 * time, so that an address that was passed on does not serve for ever.
 */
export const pageToken = (home: string, host: string): string => {
  if (!isLoopback(host)) return madeToken()
  const file = path.join(home, 'serve.token')
  const kept = keptToken(file)
  if (kept !== null) return kept
  const token = madeToken()
  rmSync(file, { force: true })
  try {
    writeFileSync(file, token, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    // Another server of this home was quicker.
    if (hasCode(error, 'EEXIST')) return keptToken(file) ?? token
    throw error
  }
  return token
}
