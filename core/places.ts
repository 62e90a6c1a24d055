import path from 'node:path'

/** The package's folder: `core/` and, bundled, `dist/` lie in it. */
export const packageFolder = path.resolve(import.meta.dirname, '..')

/** Beside the archive of a packaged app, since DuckDB reads samples and no archives. */
export const resources = packageFolder.endsWith('.asar')
  ? path.join(packageFolder, '../millrace')
  : path.join(packageFolder, 'resources')

/** What worker processes run: the source when this is the source, else its bundle. */
export const workerEntry = import.meta.filename.endsWith('.ts')
  ? path.join(packageFolder, 'core/worker.ts')
  : path.join(packageFolder, 'dist/worker.mjs')

/** What the process runs that talks to the system's keychain. */
export const keychainEntry = import.meta.filename.endsWith('.ts')
  ? path.join(packageFolder, 'core/keychain.ts')
  : path.join(packageFolder, 'dist/keychain.mjs')

/** The built screen: HTML, scripts, styles. */
export const screenFolder = path.join(packageFolder, 'dist/screen')
