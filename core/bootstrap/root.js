import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's folder. Node has `import.meta.dirname` from 20.11 only. */
export const root = resolve(fileURLToPath(import.meta.url), '../../..')
