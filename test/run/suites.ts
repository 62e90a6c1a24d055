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

/** A real keychain, in a session that is thrown away. */
const keyring: readonly Program[] = [
  { command: 'gnome-keyring-daemon', packages: ['gnome-keyring', 'libsecret-1-0'] },
  { command: 'dbus-daemon', packages: ['dbus', 'dbus-x11'] },
  { command: 'secret-tool', packages: ['libsecret-tools'] },
  { command: 'keytar', packages: ['libsecret-1-dev'], built: 'node_modules/keytar/build/Release/keytar.node' },
]

/** A screen that nobody sees, and what Electron needs to draw on it. */
const screen: Program = {
  command: 'Xvfb',
  packages: ['xvfb', 'xauth', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'],
}

/** Part of `npm run check`. */
export const unitSuite: Suite = { name: 'unit', projects: ['unit', 'architecture'], limit: 10, programs: [] }

/** What `npm test` runs after the check, in this order. */
export const otherSuites: readonly Suite[] = [
  { name: 'long', projects: ['long'], limit: 6, programs: [] },
  { name: 'rpc', projects: ['rpc'], limit: 5, programs: [] },
  { name: 'scenarios', projects: ['scenarios'], limit: 12, programs: [] },
  {
    name: 'keychain',
    projects: ['keychain'],
    limit: 8,
    programs: [...keyring, screen],
  },
  {
    name: 'e2e',
    projects: ['e2e'],
    limit: 12,
    programs: [...keyring, screen, { command: 'chromium', packages: ['chromium'] }],
  },
  { name: 'crash', projects: ['crash'], limit: 10, programs: [] },
]

/** What some tests need. Where it cannot be installed, each of them is skipped by its name, and fails in CI. */
export const testPrograms: readonly Program[] = [
  { command: 'python3', packages: ['python3'] },
  { command: 'initdb', packages: ['postgresql'] },
  { command: 'psql', packages: ['postgresql-client'] },
  { command: 'openssl', packages: ['openssl'] },
  { command: 'git', packages: ['git'] },
]

/** The benchmarks measure against gzip, and slow the disk down with a small library made on the spot. */
export const benchPrograms: readonly Program[] = [
  { command: 'gzip', packages: ['gzip'] },
  { command: 'curl', packages: ['curl'] },
  { command: 'psql', packages: ['postgresql-client'] },
  { command: 'initdb', packages: ['postgresql'] },
  { command: 'gcc', packages: ['gcc', 'libc6-dev'] },
  { command: 'chromium', packages: ['chromium'] },
]
