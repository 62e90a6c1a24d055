import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { TestStage } from '#core/model/block.ts'

type Found = Pick<TestStage, 'ok' | 'message' | 'remedy'>

/** What /proc and /sys are to `statfs` on Linux: `access` tells a superuser that they can be written, and nobody can. */
const kernelFileSystems: ReadonlySet<number> = new Set([0x9fa0, 0x62656572])

const remedy = 'Give yourself the right to write there, or choose another path.'

/** Whether files can be stored in a folder: in itself, or where it is missing in the nearest one above it, where it would be made. */
export const isWritableFolder = async (folder: string): Promise<Found> => {
  const { nearest } = await placeOf(folder)
  const cannot = (why: string): Found => ({ ok: false, message: why, remedy })
  if (!(await stat(nearest)).isDirectory()) return cannot(`${nearest} is no folder, so nothing can be stored below it.`)
  const isAllowed = await access(nearest, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!isAllowed || kernelFileSystems.has((await statfs(nearest)).type)) return cannot(`${nearest} cannot be written.`)
  return { ok: true, message: 'Files can be written.' }
}

/** Writes something small into a folder, and takes it away again with the folders that had to be made for it. */
export const writeIntoFolder = async (folder: string): Promise<Found> => {
  const { missing } = await placeOf(folder)
  const made: string[] = []
  try {
    // One by one: Node never comes back from making them all at once where the kernel says of the first that it is missing.
    for (const each of missing) {
      await mkdir(each)
      made.unshift(each)
    }
    const file = path.join(folder, `millrace-test-${randomUUID()}`)
    await writeFile(file, 'test', { flag: 'wx' })
    await rm(file)
    return { ok: true, message: 'A file was written and deleted.' }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, message: `${folder} cannot be written: ${why}`, remedy }
  } finally {
    // Somebody else may have stored something meanwhile.
    for (const each of made) await rmdir(each).catch(() => undefined)
  }
}

/** The nearest that is there, and the folders below it that are not, outermost first. */
const placeOf = async (folder: string): Promise<{ nearest: string; missing: readonly string[] }> => {
  const missing: string[] = []
  let nearest = folder
  while (path.dirname(nearest) !== nearest && !(await stat(nearest).catch(() => null))) {
    missing.unshift(nearest)
    nearest = path.dirname(nearest)
  }
  return { nearest, missing }
}
