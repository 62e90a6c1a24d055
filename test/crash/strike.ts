import { watch } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { processTable } from '#core/world/processes/process-table.ts'
import type { Command } from './life.ts'
import { choose, type Random } from './random.ts'

export const victims = ['engine', 'worker', 'both'] as const
export type Victim = (typeof victims)[number]

/** When to kill: so long after the start, after the command has said something, or when the database file changed that often. */
export type Moment =
  | { readonly at: 'time'; readonly delay: number }
  | { readonly at: 'line'; readonly text: RegExp; readonly delay: number }
  | { readonly at: 'file'; readonly change: number }

export type Strike = {
  readonly victim: Victim
  readonly moment: Moment
  /** In [0, 1): which of the workers, and who goes first. */
  readonly chance: number
}

const task = (name: string, state: string) => new RegExp(`"task":"${name}".*"name":"${state}"`)

/** The moments where a crash costs most: around what changes the world outside. */
const tenderMoments: readonly [RegExp, ...RegExp[]] = [
  task('load_orders', 'Running'),
  task('load_orders', 'Completed'),
  task('load_events', 'Running'),
  task('derive', 'Running'),
  task('load_returns', 'Running'),
  task('load_daily', 'Completed'),
  task('load_part', 'Running'),
  task('load_together', 'Running'),
  task('region', 'Running'),
  task('upload', 'Running'),
  task('family', 'Running'),
  task('done', 'Completed'),
  /"message":"Loaded /,
  /"message":"Statement 2 of 2, INSERT/,
  /"message":"Loaded .* into parts /,
  /"message":"Loaded .* into regions /,
]

/** `duration`: of an undisturbed life, milliseconds. */
export const drawStrike = (random: Random, duration: number): Strike => {
  const victim = choose(random, victims)
  const kind = random()
  const chance = random()
  if (kind < 0.5) return { victim, chance, moment: { at: 'time', delay: random() * duration } }
  if (kind < 0.75) {
    const text = choose(random, tenderMoments)
    return { victim, chance, moment: { at: 'line', text, delay: random() < 0.5 ? 0 : random() * 60 } }
  }
  return { victim, chance, moment: { at: 'file', change: 1 + Math.floor(random() * 40) } }
}

export const describeStrike = ({ victim, moment }: Strike): string => {
  switch (moment.at) {
    case 'time':
      return `${victim} ${Math.round(moment.delay)} ms after its start`
    case 'line':
      return `${victim} ${Math.round(moment.delay)} ms after ${moment.text.source}`
    case 'file':
      return `${victim} at change ${moment.change} of the database file`
    default:
      return moment satisfies never
  }
}

/** Waits for the moment and kills. Resolves to what was killed: nothing when the command ended before. */
export const strike = async (
  { victim, moment, chance }: Strike,
  home: string,
  command: Command,
): Promise<Victim | null> => {
  if (!(await comes(moment, home, command))) return null
  const workers = victim === 'engine' ? [] : workersOf(command.pid)
  const worker = workers[Math.floor(chance * workers.length)]
  const killEngine = () => command.kill()
  if (victim !== 'worker' && chance < 0.5) killEngine()
  const killed = worker !== undefined && kill(worker)
  if (victim !== 'worker') killEngine()
  if (victim === 'engine') return 'engine'
  if (victim === 'both') return killed ? 'both' : 'engine'
  return killed ? 'worker' : null
}

const comes = async (moment: Moment, home: string, { says, over }: Command): Promise<boolean> => {
  switch (moment.at) {
    case 'time':
      return pause(moment.delay, over)
    case 'line':
      return (await says(moment.text)) && pause(moment.delay, over)
    case 'file':
      return fileChanges(home, moment.change, over)
    default:
      return moment satisfies never
  }
}

/** The delay is the experiment; false when the command ended meanwhile. */
const pause = (delay: number, over: AbortSignal): Promise<boolean> =>
  wait(delay, true, { signal: over }).catch(() => false)

/** The database and its log of changes beside it: written, checkpointed, removed. */
const fileChanges = (home: string, times: number, over: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    let left = times
    const watcher = watch(home, (_event, name) => {
      if (!name?.startsWith('warehouse.duckdb')) return
      left -= 1
      if (left === 0) done(true)
    })
    const done = (came: boolean) => {
      watcher.close()
      over.removeEventListener('abort', ended)
      resolve(came)
    }
    const ended = () => done(false)
    over.addEventListener('abort', ended)
    if (over.aborted) ended()
  })

const workersOf = (engine: number): readonly number[] =>
  processTable()
    .filter((row) => row.parent === engine && row.cookie()?.endsWith('/worker'))
    .map(({ pid }) => pid)

const kill = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
