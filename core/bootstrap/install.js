import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { findNode } from './node24.js'
import { refuse } from './refusal.js'

/**
 * @typedef {{
 *   version?: string, integrity?: string, optional?: boolean, os?: string | string[], cpu?: string | string[],
 *   libc?: string | string[],
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

/** The C library that native packages for Linux are made for; npm finds it in the same way. */
const libcHere = () => {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  return report.header.glibcVersionRuntime ? 'glibc' : 'musl'
}

/**
 * Whether node_modules holds what the lockfile asks for, by the lockfile npm keeps inside it. Of the optional packages
 * only those that we name ourselves, or that are made for some platforms, must be there, and only where they suit.
 * @param {string} root
 */
export const matchesLockfile = (root) => {
  const wanted = lockedPackages(join(root, 'package-lock.json'))
  const present = lockedPackages(join(root, 'node_modules/.package-lock.json'))
  const ours = Object.keys(wanted.get('')?.optionalDependencies ?? {}).map((name) => `node_modules/${name}`)
  wanted.delete('')
  /** @param {string} path @param {LockedPackage} entry */
  const mayBeMissing = (path, { optional, os, cpu, libc }) => {
    const needed = ours.includes(path) || os !== undefined
    const suitable = suits(os, process.platform) && suits(cpu, process.arch) && suits(libc, libcHere())
    return optional === true && !(needed && suitable)
  }
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
 * @param {string} [node]
 */
const npm = (args, options, node) => {
  const running = process.env['npm_execpath']
  const itsNode = node ?? process.env['npm_node_execpath'] ?? process.execPath
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

/** @param {string} root @param {string} [node] that npm runs on */
const runNpmCi = (root, node) => {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const path = [...(node === undefined ? [] : [dirname(node)]), process.env['PATH']].join(delimiter)
  const options = { cwd: root, stdio: logged, env: { ...process.env, PATH: path } }
  const result = npm([...args, '--loglevel=error'], options, node)
  if (result.error) refuse(`npm could not be started (${result.error.message}). Is it installed and on the PATH?`)
  if (result.signal === 'SIGINT') process.exit(130)
  if (result.status === 0) return
  refuse(
    `Millrace could not install its packages: npm ci ended with ${result.status ?? result.signal}; what it said is above.\n` +
      'It needs the npm registry this once. Check the network or the proxy, then run the same command again.',
  )
}

/**
 * npm leaves out native packages that ask for a newer Node than its own. So it runs again on the Node that it has
 * brought, from a copy, since it empties node_modules.
 * @param {string} root
 */
const installUnderOurNode = (root) => {
  const node = findNode(root)
  if (node === null || node === process.execPath) return
  process.stderr.write(`Node ${process.versions.node} is too old for some of them; installing with Node 24 …\n`)
  const folder = join(root, '.cache/node')
  mkdirSync(folder, { recursive: true })
  const copy = join(folder, basename(node))
  copyFileSync(node, copy)
  runNpmCi(root, copy)
  rmSync(folder, { recursive: true, force: true })
}

/** @param {string} root */
const installPackages = (root) => {
  process.stderr.write('Setting up Millrace: installing its packages. This happens once and takes about a minute …\n')
  const began = Date.now()
  runNpmCi(root)
  if (!matchesLockfile(root)) installUnderOurNode(root)
  if (!matchesLockfile(root)) {
    refuse(
      `npm has left out packages that Millrace needs on ${process.platform}-${process.arch}; versions before 9.6.5 do so on Linux.\n` +
        'Bring Node and npm up to date (https://nodejs.org/en/download), then run the same command again.',
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
