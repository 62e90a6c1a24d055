import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessExcess, ProcessLimits } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import { cookieVariable } from './cookie.ts'
import { prepareLimitWatch } from './limit-watch.ts'
import { processesAfter } from './process-table.ts'
import { findKin, killKin, signal, type Kin } from './process-tree.ts'
import { watchStrays } from './strays.ts'

export type RunProcess = {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** All of its environment; the cookie is added. */
  readonly env: Readonly<Record<string, string>>
  readonly cookie: string
  readonly stdin?: string
  /** Stops it: SIGTERM to its group, and after the grace SIGKILL to all that is left. */
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly grace: number
  /** One that uses more is killed at once, with all that it started. */
  readonly limits?: ProcessLimits
  /** Nothing more is read from that stream until the promise resolves, so a fast writer waits for a slow reader. */
  output(stream: OutputStream, chunk: Buffer): void | Promise<void>
}

export type OutputStream = 'stdout' | 'stderr'

export type ProcessEnd = {
  readonly exitCode: number | null
  readonly signal: string | null
  /** How many processes it had left running when it ended; they were killed. */
  readonly left: number
  readonly excess: ProcessExcess | null
}

/** Milliseconds between two looks at who is below the program. */
const lookInterval = 250

/** Runs a program in a session of its own and resolves when it, all it started, and its output have ended. */
export const runProcess = async (run: RunProcess): Promise<ProcessEnd> => {
  run.signal.throwIfAborted()
  const watchLimits = run.limits ? await prepareLimitWatch(run.limits) : null
  const child = await start(run)
  const strays = watchStrays(child.pid ?? 0, run.cwd)
  const kin: Kin = { cookies: [run.cookie], root: child.pid ?? 0, strays }
  // A process that will not die is told of when the rest is ended.
  const limits = watchLimits?.({ kin, over: () => void killKin(kin).catch(() => {}) })
  const startedAt = performance.now()
  const reading = [readAll(child.stdout, 'stdout', run), readAll(child.stderr, 'stderr', run)]
  const stopping = stopOnAbort(child, run, kin)
  const looking = setInterval(() => strays.look((rows) => findKin(kin, rows)), lookInterval)
  try {
    const [exitCode, exitSignal] = await ended(child)
    const left = await endRest(kin, { startedAt, killAt: stopping.killAt() })
    await outputEnded(child, reading)
    return { exitCode, signal: exitSignal, left, excess: (await limits?.end()) ?? null }
  } finally {
    clearInterval(looking)
    stopping.dispose()
    void limits?.end()
  }
}

const start = async ({ command, args, cwd, env, cookie, stdin }: RunProcess): Promise<ChildProcess> => {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, [cookieVariable]: cookie },
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (child.pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve))
    throw cannotStart(command, cwd, error)
  }
  child.stdin?.on('error', () => {}) // It need not read what it is given.
  child.stdin?.end(stdin)
  return child
}

const cannotStart = (command: string, cwd: string, error: Error): Refused => {
  const code = 'code' in error ? String(error.code) : ''
  const reason =
    code === 'ENOENT'
      ? `There is no program “${command}” on this machine (or no folder “${cwd}”). Install it, or give its full path.`
      : code === 'EACCES'
        ? `“${command}” may not be run by this user. Is it a program, and executable?`
        : `“${command}” could not be started (${error.message}).`
  return new Refused(
    { code: code === 'EACCES' ? 'denied' : code === 'ENOENT' ? 'not-found' : 'unavailable', message: reason },
    { cause: error },
  )
}

const readAll = async (stream: Readable | null, name: OutputStream, run: RunProcess): Promise<void> => {
  if (!stream) return
  stream.on('data', (chunk: Buffer) => {
    const wait = run.output(name, chunk)
    if (!wait) return
    stream.pause()
    void wait.then(() => stream.resume())
  })
  await new Promise<void>((resolve) => stream.once('close', () => resolve()))
}

const ended = (child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> =>
  new Promise((resolve) => child.once('exit', (code, name) => resolve([code, name])))

type Stopping = { killAt(): number | null; dispose(): void }

const stopOnAbort = (child: ChildProcess, run: RunProcess, kin: Kin): Stopping => {
  const pid = child.pid ?? 0
  let killAt: number | null = null
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    killAt = performance.now() + run.grace
    if (process.platform !== 'win32') signal(-pid, 'SIGTERM')
    timer = setTimeout(() => void killKin(kin).catch(() => {}), process.platform === 'win32' ? 0 : run.grace)
  }
  if (run.signal.aborted) stop()
  else run.signal.addEventListener('abort', stop, { once: true })
  return {
    killAt: () => killAt,
    dispose: () => {
      clearTimeout(timer)
      run.signal.removeEventListener('abort', stop)
    },
  }
}

/** Shorter than any machine needs to hand out all process ids once, so that the cheap look suffices. */
const brief = 2000

/** When the program itself has ended, what it left may finish until `killAt` if it was told to stop; else it ends now. */
const endRest = async (
  kin: Kin,
  { startedAt, killAt }: { startedAt: number; killAt: number | null },
): Promise<number> => {
  if (killAt === null) {
    const rows = performance.now() - startedAt < brief ? processesAfter(kin.root ?? 0) : undefined
    return findKin(kin, rows).length === 0 ? 0 : killKin(kin)
  }
  for (let pause = 1; performance.now() < killAt; pause = Math.min(pause * 2, 25)) {
    if (findKin(kin).length === 0) return 0
    await sleep(pause)
  }
  return killKin(kin)
}

/** All that could write has ended, so both streams end, unless something escaped that still holds one: it is not waited for. */
const outputEnded = async (child: ChildProcess, reading: readonly Promise<void>[]): Promise<void> => {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  let seen = -1
  const watch = setInterval(() => {
    const read = streams.reduce((sum, stream) => sum + ('bytesRead' in stream ? Number(stream.bytesRead) : 0), 0)
    if (read === seen && !streams.some((stream) => stream.isPaused())) for (const stream of streams) stream.destroy()
    seen = read
  }, 500)
  await Promise.all(reading)
  clearInterval(watch)
}
