import path from 'node:path'

/** The package's folder: `core/` and, bundled, `dist/` lie in it. */
export const packageFolder = path.resolve(import.meta.dirname, '..')

export const resources = path.join(packageFolder, 'resources')

/** What worker processes run: the source when this is the source, else its bundle. */
export const workerEntry = import.meta.filename.endsWith('.ts')
  ? path.join(packageFolder, 'core/worker.ts')
  : path.join(packageFolder, 'dist/worker.mjs')
