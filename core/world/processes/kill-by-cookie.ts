import { killKin } from './process-tree.ts'

/**
 * Kills every process whose cookie is `prefix` or lies below it, with all their descendants, and waits until none is
 * left. For take-over: `killByCookie(homeId)`. Resolves to the number of processes it killed; refuses when one will
 * not die.
 */
export const killByCookie = (prefix: string): Promise<number> => killKin({ cookies: [prefix], root: null })
