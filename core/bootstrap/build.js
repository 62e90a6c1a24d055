// Runs under Node 24, in a folder with its packages installed. `npm run build`, and each start after a change.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { sourcesOf, stampOf } from './bundle.js'

const root = resolve(import.meta.dirname, '../..')
const dist = join(root, 'dist')

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
  const next = `${file}.${process.pid}.tmp`
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

/** Packages in CommonJS call require for Node's own modules. */
const banner = { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" }

const bundle = async () => {
  // esbuild is a package, and this file may be read before packages are installed.
  const { build } = await import('esbuild')
  const result = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, source]) => [`${name}-main`, source])),
    outdir: dist,
    bundle: true,
    splitting: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner,
    logLevel: 'warning',
  })
  return new Map(result.outputFiles.map((file) => [basename(file.path), file.contents]))
}

const bundleElectron = async () => {
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
  await build({
    ...shared,
    entryPoints: electronEntries,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'electron-chunk-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    banner,
  })
  for (const name of electronLaunched) replace(join(dist, `${name}.mjs`), electronLauncher(name))
  await build({
    ...shared,
    entryPoints: { 'electron-preload': 'electron/preload.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  })
}

/** esbuild has said itself what is wrong with the sources. @param {unknown} error */
const endUnlessUnforeseen = (error) => {
  if (error instanceof Error && 'errors' in error) process.exit(1)
  throw error
}

/** Vite brings the screen into `dist/screen`. */
const buildScreen = async () => {
  const { build } = await import('vite')
  await build({ configFile: join(root, 'renderer/vite.config.ts'), logLevel: 'warn' })
}

const builtFrom = sourcesOf(root)
/** @type {Map<string, string | Uint8Array>} */
const files = await bundle().catch(endUnlessUnforeseen)
for (const name of Object.keys(entries)) files.set(`${name}.mjs`, launcher(name))
mkdirSync(dist, { recursive: true })
const changed = [...files].map(([name, content]) => replace(join(dist, name), content)).some(Boolean)
if (changed) rmSync(join(dist, 'compile-cache'), { recursive: true, force: true })
removeOldFiles(new Set(files.keys()))
await bundleElectron().catch(endUnlessUnforeseen)
await buildScreen()
replace(stampOf(root), builtFrom)
