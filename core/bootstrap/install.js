import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from './refusal.js'

/**
 * @typedef {{
 *   version?: string, integrity?: string, optional?: boolean, os?: string | string[], cpu?: string | string[],
 *   optionalDependencies?: Record<string, string>
 * }} LockedPackage
 */

/** @param {string | string[] | undefined} wanted @param {string} here */
const suits = (wanted, here) => wanted === undefined || [wanted].flat().includes(here)

/**
 * The packages of a lockfile, or none when it cannot be read.
 * @param {string} file
 * @returns {Map<string, LockedPackage>}
 */
const lockedPackages = (file) => {
  try {
    const lock = /** @type {{ packages: Record<string, LockedPackage> }} */ (JSON.parse(readFileSync(file, 'utf8')))
    return new Map(Object.entries(lock.packages))
  } catch {
    return new Map()
  }
}

/**
 * Whether node_modules holds what the lockfile asks for, by the lockfile npm keeps inside it. Of the optional packages
 * only those that we name ourselves and that suit this platform must be there.
 * @param {string} root
 */
export const matchesLockfile = (root) => {
  const wanted = lockedPackages(join(root, 'package-lock.json'))
  const present = lockedPackages(join(root, 'node_modules/.package-lock.json'))
  const ours = Object.keys(wanted.get('')?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`)
  wanted.delete('')
  /** @param {string} path @param {LockedPackage} entry */
  const mayBeMissing = (path, { optional, os, cpu }) =>
    optional === true && !(ours.includes(path) && suits(os, process.platform) && suits(cpu, process.arch))
  const asWanted = [...wanted].every(([path, entry]) => {
    const found = present.get(path)
    if (!found) return mayBeMissing(path, entry)
    return found.version === entry.version && found.integrity === entry.integrity
  })
  return present.size > 0 && asWanted && [...present.keys()].every((path) => wanted.has(path))
}

/** @param {string} file */
const fingerprint = (file) => {
  const { mtimeMs, size } = statSync(file)
  return `${mtimeMs} ${size}`
}

/** @param {string} file */
const readStamp = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/**
 * npm as it runs now, or as the PATH has it.
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
const npm = (args, options) => {
  const running = process.env['npm_execpath']
  const itsNode = process.env['npm_node_execpath'] ?? process.execPath
  if (running?.endsWith('npm-cli.js')) return spawnSync(itsNode, [running, ...args], options)
  return process.platform === 'win32'
    ? spawnSync('npm.cmd', args, { ...options, shell: true })
    : spawnSync('npm', args, options)
}

/** @type {import('node:child_process').StdioOptions} */
const logged = ['ignore', process.stderr.fd, process.stderr.fd]

/**
 * Builds the packages whose scripts package.json allows. All of them are optional: the program says at run time what
 * it cannot do without one.
 * @param {string} root
 */
const buildNativePackages = (root) => {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  const { allowScripts } = /** @type {{ allowScripts: Record<string, boolean> }} */ (JSON.parse(text))
  const names = Object.entries(allowScripts)
    .filter(([, allowed]) => allowed)
    .map(([spec]) => spec.replace(/(?<=.)@.*$/, ''))
    .filter((name) => existsSync(join(root, 'node_modules', name)))
  if (names.length === 0) return
  // Where the headers of Node are installed, node-gyp must not fetch them.
  const headers = existsSync('/usr/include/node') ? { npm_config_nodedir: '/usr' } : {}
  const args = ['rebuild', ...names, '--ignore-scripts=false', '--loglevel=error']
  const result = npm(args, { cwd: root, stdio: logged, env: { ...headers, ...process.env } })
  if (result.status !== 0) process.stderr.write(`Could not build ${names.join(', ')}; Millrace works without.\n`)
}

/** @param {string} root */
const installPackages = (root) => {
  process.stderr.write('Setting up Millrace: installing its packages. This happens once and takes about a minute …\n')
  const began = Date.now()
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const result = npm([...args, '--loglevel=error'], { cwd: root, stdio: logged })
  if (result.error) refuse(`npm could not be started (${result.error.message}). Is it installed and on the PATH?`)
  if (result.signal === 'SIGINT') process.exit(130)
  if (result.status !== 0) {
    refuse(
      `Millrace could not install its packages: npm ci ended with ${result.status ?? result.signal}; what it said is above.\n` +
        'It needs the npm registry this once. Check the network or the proxy, then run the same command again.',
    )
  }
  buildNativePackages(root)
  process.stderr.write(`Packages are installed (${Math.round((Date.now() - began) / 1000)} s).\n`)
}

/**
 * Installs the packages when they are missing or are not those of the lockfile. A package that was itself installed by
 * npm has no lockfile and needs nothing.
 * @param {string} root
 */
export const ensureInstalled = (root) => {
  const lockfile = join(root, 'package-lock.json')
  if (!existsSync(lockfile)) return
  const stamp = join(root, 'node_modules/.millrace-installed')
  const current = fingerprint(lockfile)
  if (readStamp(stamp) === current) return
  if (!matchesLockfile(root)) installPackages(root)
  writeFileSync(stamp, current)
}
