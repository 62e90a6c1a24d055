import { closeSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Refused } from '#core/model/failure.ts'
import { databaseVersion } from '#core/world/sqlite/database.ts'

/** How far the databases of a home have come: the number of their last migration. */
export type Format = { readonly state: number; readonly logs: number }

const formatFile = z.object({ state: z.int().min(0), logs: z.int().min(0) })

/**
 * Read from plain bytes, so that a home of a newer version stays untouched: opening a database may already change its
 * files. `home.json` is raised before the databases are, their own headers speak for a home that lost it.
 */
export const refuseNewer = (dir: string, known: Format): void => {
  const written = readFormat(dir)
  const state = Math.max(written.state, headerVersion(join(dir, 'state.db')))
  const logs = Math.max(written.logs, headerVersion(join(dir, 'logs.db')))
  if (state <= known.state && logs <= known.logs) return
  throw new Refused({
    code: 'invalid',
    message: `The home ${dir} was written by a newer version of Millrace (format ${state}.${logs}, this one knows ${known.state}.${known.logs}). Nothing in it was changed. Update Millrace, or choose another home with --home DIR.`,
  })
}

export const writeFormat = (dir: string, format: Format): void => {
  const written = readFormat(dir)
  if (written.state === format.state && written.logs === format.logs) return
  const path = join(dir, 'home.json')
  writeFileSync(`${path}.part`, `${JSON.stringify(format)}\n`, { mode: 0o600, flush: true })
  renameSync(`${path}.part`, path)
}

const readFormat = (dir: string): Format => {
  try {
    return formatFile.parse(JSON.parse(readFileSync(join(dir, 'home.json'), 'utf8')))
  } catch {
    return { state: 0, logs: 0 }
  }
}

const headerVersion = (path: string): number => {
  const header = Buffer.alloc(64)
  try {
    const file = openSync(path, 'r')
    try {
      return databaseVersion(header.subarray(0, readSync(file, header)))
    } finally {
      closeSync(file)
    }
  } catch {
    return 0
  }
}
