import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver } from '#core/engine/ports.ts'
import type { Guest } from '#core/engine/guests.ts'
import type { ObjectPreview, QueryNews, StorageFolder } from '#core/model/block-look.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'
import type { Limit } from '#core/model/run-event.ts'
import type { JobRunner } from '../runs/jobs.ts'
import { runBeside } from '../runs/run-beside.ts'
import { browseLook, peekLook, queryLook } from './look-tasks.ts'

export type LooksWorld = {
  readonly workers: JobRunner
  readonly driver: Pick<Driver, 'receive'>
  /** The home, which blocks with relative paths mean. */
  readonly home: string
  /** Cleared at every start. */
  readonly scratch: string
  /** What the use of blocks is limited by, for example a DuckDB file. */
  limits(references: readonly string[]): Promise<readonly Limit[]>
  /** The block's `block:type/name`; refuses one that is not there. */
  reference(block: string): Promise<string>
  now(): number
  newId(): string
}

/** A person's look into what blocks lead to: rows of a database, files of a storage. Credentials stay with the workers. */
export type LooksService = {
  /** Ends the work when the signal is aborted. */
  query(ask: { block: string; sql: string; limit: number }, signal: AbortSignal): AsyncIterable<QueryNews>
  browse(ask: { block: string; folder: string }, signal: AbortSignal): Promise<StorageFolder>
  peek(ask: { block: string; name: string; limit: number }, signal: AbortSignal): Promise<ObjectPreview>
}

/** The worker is ours, and each of its types has one shape of answer. */
export const createLooks = (world: LooksWorld): LooksService => ({
  query: (ask, signal) => query(world, ask, signal),
  browse: async ({ block, folder }, signal) => {
    const settings = { block: await world.reference(block), folder: asFolder(folder) }
    return valueOf(await look(world, browseLook.type, settings, signal)) as StorageFolder
  },
  peek: async ({ block, ...rest }, signal) => {
    const settings = { block: await world.reference(block), ...rest }
    return valueOf(await look(world, peekLook.type, settings, signal)) as ObjectPreview
  },
})

const asFolder = (text: string): string => {
  const name = text.replace(/^\/+/, '')
  return name === '' || name.endsWith('/') ? name : `${name}/`
}

/** Milliseconds after which somebody is told that they wait. */
const patience = 100

async function* query(
  world: LooksWorld,
  { block, sql, limit }: { block: string; sql: string; limit: number },
  signal: AbortSignal,
): AsyncGenerator<QueryNews> {
  const reference = await world.reference(block)
  const limits = await world.limits([reference])
  const guest = world.driver.receive({ id: world.newId(), limits, label: `a query on ${reference}` })
  try {
    yield* turn(guest, signal)
    const began = world.now()
    yield { kind: 'running' }
    const answer = valueOf(await look(world, queryLook.type, { block: reference, sql, limit }, signal)) as Answer
    const duration = world.now() - began
    if ('statements' in answer) yield { kind: 'done', ...answer, duration }
    else yield { kind: 'rows', ...answer, duration }
  } finally {
    guest.leave()
  }
}

/** Until it may open the database; says why it waits, each time the reason is another. */
async function* turn(guest: Guest, signal: AbortSignal): AsyncGenerator<QueryNews> {
  const stopped = Promise.withResolvers<'stopped'>()
  const stop = () => stopped.resolve('stopped')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const admitted = guest.admitted.then(() => 'admitted' as const)
  let told: string | null = null
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined
      const later = new Promise<'later'>((resolve) => (timer = setTimeout(resolve, patience, 'later')))
      const what = await Promise.race([admitted, stopped.promise, later]).finally(() => clearTimeout(timer))
      if (what === 'admitted') return
      if (what === 'stopped') throw new Refused({ code: 'cancelled', message: 'Stopped before its turn had come.' })
      const reason = guest.waiting()
      if (reason !== null && reason !== told) yield { kind: 'waiting', reason }
      told = reason
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

type Answer =
  | Omit<Extract<QueryNews, { kind: 'rows' }>, 'kind' | 'duration'>
  | Omit<Extract<QueryNews, { kind: 'done' }>, 'kind' | 'duration'>

const valueOf = ({ answer }: Outputs): unknown => {
  if (answer?.kind === 'value') return answer.value
  throw new Refused({ code: 'bug', message: 'The worker gave no answer.' })
}

/** Has a worker do one of its own tasks. */
export const look = async (
  { workers, home, scratch, newId }: Pick<LooksWorld, 'workers' | 'home' | 'scratch' | 'newId'>,
  type: string,
  settings: JsonValue,
  signal: AbortSignal,
): Promise<Outputs> => {
  const id = `look-${newId()}`
  const folder = join(scratch, id)
  const flow = { flowRun: id, flowRunName: id, flow: '', flowFolder: home, scratch: folder, results: folder }
  const member = { taskRun: 'look', task: 'look', item: null, type, attempt: 1, loadId: '', taken: [], inputs: {} }
  try {
    return await runBeside(workers, { id, flow, members: [{ ...member, settings }] }, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
