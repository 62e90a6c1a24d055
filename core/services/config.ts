import { availableParallelism, totalmem } from 'node:os'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { parseDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import { secretsPlaces, type ConfigEntry, type ConfigKind } from '#core/model/reports.ts'
import { defaultRetention, type ConfigRows, type RetentionPolicy } from '#core/model/store.ts'

type Setting = {
  readonly help: string
  readonly default: () => string
  readonly check: (value: string) => boolean
  readonly expected: string
  readonly takes: ConfigKind
}

const wholeNumber = (least: number) => (value: string) => /^\d+$/.test(value) && Number(value) >= least

const megabytes = (bytes: number): string => String(Math.floor(bytes / 2 ** 20))

/** The settings of a home. Each may be given for one process by MILLRACE_ and its name in capitals. */
const settings = {
  secrets: {
    help: 'Where secrets are kept: keychain (of the system), vault (a file encrypted with a passphrase), or none.',
    default: () => 'keychain',
    check: (value) => secretsPlaces.some((place) => place === value),
    expected: 'keychain, vault or none',
    takes: { kind: 'choice', choices: secretsPlaces },
  },
  concurrency: {
    help: 'How many task runs run at once in this home.',
    default: () => String(Math.max(4, 2 * availableParallelism())),
    check: wholeNumber(1),
    expected: 'a whole number from 1',
    takes: { kind: 'number', least: 1, unit: null },
  },
  'memory-mb': {
    help: 'Memory for all table work together, in MiB.',
    default: () => megabytes(totalmem() / 2),
    check: wholeNumber(64),
    expected: 'a whole number of MiB from 64',
    takes: { kind: 'number', least: 64, unit: 'MiB' },
  },
  'task-memory-mb': {
    help: 'The resident memory at which a task run is ended, with the processes it started, in MiB.',
    default: () => megabytes(totalmem() * 0.75),
    check: wholeNumber(128),
    expected: 'a whole number of MiB from 128',
    takes: { kind: 'number', least: 128, unit: 'MiB' },
  },
  threads: {
    help: 'Threads for all table work together.',
    default: () => String(availableParallelism()),
    check: wholeNumber(1),
    expected: 'a whole number from 1',
    takes: { kind: 'number', least: 1, unit: null },
  },
  'keep-runs': {
    help: 'How long ended runs are kept with their results.',
    default: () => `${defaultRetention.age / 86_400_000}d`,
    check: (value) => parseDuration(value) !== null,
    expected: 'a duration such as 30d',
    takes: { kind: 'text' },
  },
  'keep-mb': {
    help: 'Most results of all runs together, in MiB; the oldest go first.',
    default: () => megabytes(defaultRetention.bytes),
    check: wholeNumber(1),
    expected: 'a whole number of MiB from 1',
    takes: { kind: 'number', least: 1, unit: 'MiB' },
  },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof settings

export type ConfigService = {
  view(): readonly ConfigEntry[]
  value(name: SettingName): string
  source(name: SettingName): ConfigEntry['source']
  number(name: SettingName): number
  retention(): RetentionPolicy
  set(name: string, value: string): void
  unset(name: string): void
}

const isName = (name: string): name is SettingName => Object.hasOwn(settings, name)

const knownName = (name: string): SettingName => {
  if (isName(name)) return name
  throw new Refused({
    code: 'invalid',
    message: `There is no setting “${name}”. ${didYouMean(name, Object.keys(settings))}`,
  })
}

const variableOf = (name: SettingName): string => `MILLRACE_${name.toUpperCase().replaceAll('-', '_')}`

export const createConfig = (
  rows: ConfigRows,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigService => {
  const entryOf = (name: SettingName): ConfigEntry => {
    const { help, takes } = settings[name]
    const given = environment[variableOf(name)]
    if (given !== undefined) return { key: name, value: checked(name, given), source: 'environment', help, takes }
    const stored = rows.all()[name]
    if (stored !== undefined) return { key: name, value: stored, source: 'home', help, takes }
    return { key: name, value: settings[name].default(), source: 'default', help, takes }
  }
  const value = (name: SettingName) => entryOf(name).value
  return {
    view: () => Object.keys(settings).filter(isName).map(entryOf),
    value,
    source: (name) => entryOf(name).source,
    number: (name) => Number(value(name)),
    retention: () => ({ age: parseDuration(value('keep-runs')) ?? 0, bytes: Number(value('keep-mb')) * 2 ** 20 }),
    set: (name, given) => rows.set(knownName(name), checked(knownName(name), given)),
    unset: (name) => rows.unset(knownName(name)),
  }
}

const checked = (name: SettingName, value: string): string => {
  const { check, expected } = settings[name]
  if (check(value)) return value
  throw new Refused({
    code: 'invalid',
    message: `“${value}” does not fit the setting “${name}”. It must be ${expected}.`,
  })
}
