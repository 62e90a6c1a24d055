import { fileURLToPath } from 'node:url'

export const migrations = fileURLToPath(new URL('../../../../resources/migrations', import.meta.url))
