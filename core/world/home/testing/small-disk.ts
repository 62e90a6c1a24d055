import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const run = (program: string, args: readonly string[]) => execFileSync(program, args, { stdio: 'ignore' })

/** A file system of its own, in memory. Only root on Linux may make one. */
const mountDisk = (megabytes: number): { path: string; unmount(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
  run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'millrace-test', path])
  const unmount = () => {
    run('umount', [path])
    rmdirSync(path)
  }
  return { path, unmount }
}

export const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    mountDisk(1).unmount()
    return true
  } catch {
    return false
  }
})()

export const smallDisk = (megabytes: number): string => {
  const { path, unmount } = mountDisk(megabytes)
  onTestFinished(unmount)
  return path
}

export const remount = (path: string, rights: 'ro' | 'rw'): void => {
  run('mount', ['-o', `remount,${rights}`, path])
}
