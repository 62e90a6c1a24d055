import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Milliseconds: a runtime is about 110 MB. */
const longestDownload = 10 * 60_000

/** Whether a window can be shown here. */
export const hasDisplay = () =>
  process.platform === 'win32' ||
  process.platform === 'darwin' ||
  Boolean(process.env['DISPLAY']) ||
  Boolean(process.env['WAYLAND_DISPLAY'])

/** @param {string} root */
const packageFolder = (root) =>
  [join(root, 'node_modules/electron'), join(root, '../electron')].find((folder) => existsSync(folder))

/** @param {string} folder */
const installed = (folder) => {
  try {
    const executable = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
    return existsSync(executable) ? executable : null
  } catch {
    return null
  }
}

/** Milliseconds that the place of the runtime may take to answer. */
const longestGreeting = 5000

/**
 * Whether the place of the runtime answers: a machine that reaches nothing but a package registry is not kept waiting.
 * @param {string} node
 */
const canFetch = (node) => {
  const { env } = process
  // Through a proxy only the download itself knows the way.
  if (env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY']) return true
  const mirror = env['ELECTRON_MIRROR'] || env['npm_config_electron_mirror'] || 'https://github.com/'
  const greeting = `fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(${longestGreeting}) }).then(() => process.exit(0), () => process.exit(1))`
  return spawnSync(node, ['-e', greeting, mirror], { stdio: 'ignore', timeout: 2 * longestGreeting }).status === 0
}

/**
 * Electron's runtime, which its package fetches at the first use; null where it cannot be had.
 * @param {string} root
 * @param {string} node
 */
export const findElectron = (root, node) => {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (given) return join(given, process.platform === 'win32' ? 'electron.exe' : 'electron')
  const folder = packageFolder(root)
  if (folder === undefined) return null
  const found = installed(folder)
  if (found) return found
  if (!canFetch(node)) return null
  process.stderr.write('Fetching the runtime of the desktop app (about 110 MB, once) …\n')
  const result = spawnSync(node, [join(folder, 'install.js')], { stdio: 'ignore', timeout: longestDownload })
  return result.status === 0 ? installed(folder) : null
}

/**
 * Chromium's sandbox does not run as root.
 * @param {string} root
 * @param {string[]} args
 */
export const electronArguments = (root, args) => [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  join(root, 'dist/electron-main.mjs'),
  ...args,
]
