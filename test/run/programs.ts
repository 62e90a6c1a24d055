import { spawnSync } from 'node:child_process'
import type { SpawnSyncOptions } from 'node:child_process'
import { accessSync, constants, existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root, say } from './step.ts'

/** A program that must be there, or a file that npm has built, and the Debian packages that it needs. */
export type Program = { readonly command: string; readonly packages: readonly string[]; readonly built?: string }

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Debian keeps the server's programs of PostgreSQL off the PATH; the newest version first. */
const serverFolders = (): string[] => globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed()

export const findProgram = (command: string): string | null => {
  const folders = [...serverFolders(), ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, command)).find(isExecutable) ?? null
}

export const missingPrograms = (programs: readonly Program[]): readonly Program[] =>
  programs.filter(({ command, built }) =>
    built === undefined ? findProgram(command) === null : !existsSync(join(root, built)),
  )

export const packagesOf = (programs: readonly Program[]): string =>
  [...new Set(programs.flatMap((program) => program.packages))].join(' ')

/** On Debian as root it installs what is missing; elsewhere it names the packages and leaves them to the user. */
export const installPrograms = (programs: readonly Program[]): void => {
  const missing = missingPrograms(programs)
  if (missing.length === 0) return
  const packages = packagesOf(missing)
  if (process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) {
    say(`Some tests need programs that are not here. On Debian: apt-get install ${packages}`)
    return
  }
  say(`Installing ${packages} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options: SpawnSyncOptions = { env, stdio: ['ignore', 'ignore', 'inherit'] }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages.split(' ')], options)
}
