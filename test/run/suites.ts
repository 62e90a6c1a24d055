import type { Program } from './programs.ts'

/** A suite is one or more projects of vitest.config.ts that run together. */
export type Suite = {
  readonly name: string
  readonly projects: readonly string[]
  /** Minutes, after which it is killed and counts as failed. */
  readonly limit: number
  /** What it needs beyond Node. */
  readonly programs: readonly Program[]
}

/** Part of `npm run check`. */
export const unitSuite: Suite = { name: 'unit', projects: ['unit', 'architecture'], limit: 10, programs: [] }

/** What `npm test` runs after the check, in this order. */
export const otherSuites: readonly Suite[] = [
  { name: 'rpc', projects: ['rpc'], limit: 5, programs: [] },
  { name: 'scenarios', projects: ['scenarios'], limit: 10, programs: [] },
  { name: 'crash', projects: ['crash'], limit: 10, programs: [] },
]

/** The benchmarks measure against gzip, and slow the disk down with a small library made on the spot. */
export const benchPrograms: readonly Program[] = [
  { command: 'gzip', packages: ['gzip'] },
  { command: 'gcc', packages: ['gcc', 'libc6-dev'] },
]
