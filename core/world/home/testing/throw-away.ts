import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { migrations } from './migrations.ts'
import { openHome } from '#core/world/home/open-home.ts'
import { openMemoryHome } from '#core/world/home/memory-home.ts'
import type { Home } from '#core/world/home/home.ts'

export const throwAwayFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const closedAfter = (home: Home): Home => {
  onTestFinished(() => home.close())
  return home
}

export const homeOnDisk = async (dir = throwAwayFolder()): Promise<Home> =>
  closedAfter(await openHome(dir, { version: '1.2.3', migrations }))

export const homeInMemory = async (): Promise<Home> => closedAfter(openMemoryHome({ migrations }))

/** What a call refuses with. */
export const refusalFrom = async (call: () => unknown): Promise<Error> => {
  try {
    await call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It was not refused')
}
