import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { packageFolder } from '#core/places.ts'

const State = z.object({ type: z.string(), name: z.string() })
const Said = z.discriminatedUnion('type', [
  z.object({ type: z.literal('flow_run'), id: z.string(), flow: z.string(), state: State }),
  z.object({
    type: z.literal('task_run'),
    flow_run: z.string(),
    task: z.string(),
    item: z.number().optional(),
    state: State,
    run_count: z.number(),
  }),
  z.object({ type: z.literal('log'), message: z.string() }),
  z.object({ type: z.literal('result'), state: State }),
])
export type Said = z.output<typeof Said>

export type Command = {
  readonly pid: number
  /** Resolves when it says a line like this; to false when it ends without. */
  says(text: RegExp): Promise<boolean>
  kill(): void
  /** Aborts when it has ended. */
  readonly over: AbortSignal
}

/** One command from its start to its end. */
export type Life = {
  readonly args: readonly string[]
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly said: readonly Said[]
  readonly stderr: string
}

/** The bundle, as a person runs it. */
const program = path.join(packageFolder, 'dist/millrace.mjs')

/** Milliseconds after which a command hangs; a run takes seconds. */
const patience = 60_000

/** A command that sets something up; it must succeed. */
export const setUp = async (args: readonly string[], home: string): Promise<void> => {
  const child = spawn(process.execPath, [program, '--home', home, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}.`)
}

/** Starts a command, lets `meanwhile` do its worst, and waits for its end. */
export const live = async (
  args: readonly string[],
  home: string,
  meanwhile: (command: Command) => Promise<void>,
): Promise<Life> => {
  const child = spawn(process.execPath, [program, '--home', home, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  const over = new AbortController()
  const said: Said[] = []
  const listeners = new Set<(line: string) => void>()
  createInterface(child.stdout).on('line', (line) => {
    said.push(...read(line))
    for (const listener of listeners) listener(line)
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').finally(() => over.abort())
  const command: Command = {
    pid: child.pid ?? 0,
    says: (text) => heard(listeners, text, over.signal),
    kill: () => void child.kill('SIGKILL'),
    over: over.signal,
  }
  await Promise.all([ended, meanwhile(command)])
  return { args, exitCode: child.exitCode, said, stderr }
}

const heard = (listeners: Set<(line: string) => void>, text: RegExp, over: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const listener = (line: string) => {
      if (text.test(line)) resolve(true)
    }
    listeners.add(listener)
    over.addEventListener('abort', () => resolve(false))
  })

/** Nothing for lines that do not matter here, and for the half of one that a killed process may leave. */
const read = (line: string): readonly Said[] => {
  try {
    const said = Said.safeParse(JSON.parse(line))
    return said.success ? [said.data] : []
  } catch {
    return []
  }
}
