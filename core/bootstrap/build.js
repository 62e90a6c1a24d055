// Runs under Node 24, in a folder with its packages installed. `npm run build`, and each start after a change.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sourcesOf, stampOf } from './bundle.js'
import { root } from './root.js'

const dist = join(root, 'dist')

/** All is built in here and then renamed, so that a build that ends early leaves the one before whole. */
const building = join(dist, `.building-${process.pid}`)

/** Bundles by name; each is started through a launcher of that name. */
const entries = { millrace: 'core/cli/main.ts', worker: 'core/worker.ts', keychain: 'core/keychain.ts' }

/** They hold native code or its loader, so they stay in node_modules. */
const external = ['better-sqlite3', '@duckdb/node-api', '@duckdb/node-bindings', 'keytar', 'electron']

/** Run by Electron. The preload script of a sandboxed window must be CommonJS. */
const electronEntries = {
  'electron-main': 'electron/main.ts',
  'electron-engine-main': 'electron/engine.ts',
  'electron-worker-main': 'electron/worker.ts',
  'electron-keychain-main': 'electron/keychain.ts',
}

/** Utility processes, told by the main one where a compile cache may lie: a packed app cannot be written to. */
const electronLaunched = ['electron-engine', 'electron-worker', 'electron-keychain']

/** @param {string} name */
const electronLauncher = (name) => `import { enableCompileCache, flushCompileCache } from 'node:module'
enableCompileCache(process.argv[2])
// Written once it serves: it may be killed rather than end.
import('./${name}-main.mjs').then(() => setTimeout(flushCompileCache, 1000).unref())
`

const day = 24 * 60 * 60 * 1000

/**
 * The compile cache only helps modules that are loaded after it is switched on.
 * @param {string} name
 */
const launcher = (name) => `import { enableCompileCache } from 'node:module'
enableCompileCache(import.meta.dirname + '/compile-cache')
await import('./${name}-main.mjs')
`

/**
 * Replaces a file whole, since processes of the build before may be reading it. Tells whether it changed.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
const replace = (file, content) => {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return false
  const next = join(building, basename(file))
  writeFileSync(next, content)
  renameSync(next, file)
  return true
}

/**
 * What runs now may still load chunks of the build before; those of yesterday go.
 * @param {Set<string>} current
 */
const removeOldFiles = (current) => {
  for (const name of readdirSync(dist)) {
    const file = join(dist, name)
    const old = name.endsWith('.mjs') && !current.has(name) && Date.now() - statSync(file).mtimeMs > day
    if (old) rmSync(file, { force: true })
  }
}

/** @param {number} pid */
const isRunning = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const removeWhatKilledBuildsLeft = () => {
  for (const name of readdirSync(dist)) {
    const pid = /^\.building-(\d+)$/.exec(name)?.[1]
    if (pid && !isRunning(Number(pid))) rmSync(join(dist, name), { recursive: true, force: true })
  }
}

/** Packages in CommonJS call require for Node's own modules. */
const banner = { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" }

/** @param {import('esbuild').BuildOptions} options */
const filesOf = async (options) => {
  // esbuild is a package, and this file may be read before packages are installed.
  const { build } = await import('esbuild')
  const shared = /** @type {const} */ ({
    absWorkingDir: root,
    outdir: dist,
    bundle: true,
    platform: 'node',
    target: 'node24',
    external,
    logLevel: 'warning',
  })
  const { outputFiles } = await build({ ...shared, ...options, write: false })
  return outputFiles.map(({ path, contents }) => /** @type {const} */ ([basename(path), contents]))
}

const esm = /** @type {const} */ ({ splitting: true, format: 'esm', outExtension: { '.js': '.mjs' }, banner })

const bundle = () =>
  filesOf({
    ...esm,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, source]) => [`${name}-main`, source])),
    chunkNames: 'chunk-[hash]',
  })

const bundleElectron = () =>
  filesOf({
    ...esm,
    entryPoints: electronEntries,
    chunkNames: 'electron-chunk-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
  })

const bundlePreload = () =>
  filesOf({
    entryPoints: { 'electron-preload': 'electron/preload.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  })

/** esbuild has said itself what is wrong with the sources. @param {unknown} error */
const endUnlessUnforeseen = (error) => {
  if (error instanceof Error && 'errors' in error) process.exit(1)
  throw error
}

/** @param {readonly [string, unknown]} file */
const isChunk = ([name]) => name.includes('chunk-')

/** By name, in the order in which they are put in place: chunks come before what imports them. */
const buildFiles = async () => {
  const built = [...(await bundle()), ...(await bundleElectron()), ...(await bundlePreload())]
  /** @type {Map<string, string | Uint8Array>} */
  const files = new Map([...built.filter(isChunk), ...built])
  for (const name of Object.keys(entries)) files.set(`${name}.mjs`, launcher(name))
  for (const name of electronLaunched) files.set(`${name}.mjs`, electronLauncher(name))
  return files
}

/** The folder with the built screen. */
const buildScreen = async () => {
  const { build } = await import('vite')
  const outDir = join(building, 'screen')
  const configFile = join(root, 'renderer/vite.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } })
  return outDir
}

/** @param {string} folder @param {string} next */
const replaceFolder = (folder, next) => {
  if (existsSync(folder)) renameSync(folder, join(building, `${basename(folder)}-before`))
  renameSync(next, folder)
}

mkdirSync(building, { recursive: true })
process.on('exit', () => rmSync(building, { recursive: true, force: true }))
removeWhatKilledBuildsLeft()
const builtFrom = sourcesOf(root)
const files = await buildFiles().catch(endUnlessUnforeseen)
const screen = await buildScreen()
// A build that is killed from here on is followed by another one.
rmSync(stampOf(root), { force: true })
const changed = [...files].map(([name, content]) => replace(join(dist, name), content)).some(Boolean)
if (changed) rmSync(join(dist, 'compile-cache'), { recursive: true, force: true })
replaceFolder(join(dist, 'screen'), screen)
removeOldFiles(new Set(files.keys()))
replace(stampOf(root), builtFrom)
