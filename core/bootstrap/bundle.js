import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from './refusal.js'

/** @param {string} folder @param {string[]} lines */
const listSources = (folder, lines) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) listSources(path, lines)
    else if (/\.(ts|tsx|cts|js|css|html|svg)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      lines.push(describeFile(path))
  }
}

/** @param {string} path */
const describeFile = (path) => {
  const { mtimeMs, size } = statSync(path)
  return `${path} ${mtimeMs} ${size}`
}

/**
 * What a bundle was built from: path, time and size of each source file, so that comparing costs no reading.
 * @param {string} root
 */
export const sourcesOf = (root) => {
  const lines = [join(root, 'package.json'), join(root, 'package-lock.json')].filter(existsSync).map(describeFile)
  for (const folder of ['core', 'electron', 'renderer'].filter((name) => existsSync(join(root, name))))
    listSources(join(root, folder), lines)
  return lines.toSorted().join('\n')
}

/** @param {string} root */
export const stampOf = (root) => join(root, 'dist/.built-from')

/** @param {string} root */
const isFresh = (root) => {
  try {
    return readFileSync(stampOf(root), 'utf8') === sourcesOf(root)
  } catch {
    return false
  }
}

/**
 * Builds the bundle when a source is newer. An installed package carries its bundle and no TypeScript.
 * @param {string} root
 * @param {string} node
 */
export const ensureBuilt = (root, node) => {
  if (!existsSync(join(root, 'core/cli/main.ts')) || isFresh(root)) return
  process.stderr.write('Building Millrace …\n')
  const builder = join(root, 'core/bootstrap/build.js')
  const result = spawnSync(node, [builder], { cwd: root, stdio: ['ignore', process.stderr.fd, process.stderr.fd] })
  if (result.signal === 'SIGINT') process.exit(130)
  if (result.signal) refuse(`Building Millrace was ended by ${result.signal}. Run the same command again.`)
  if (result.status !== 0) refuse('Millrace could not be built; the reason is above.')
}
