import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll } from 'vitest'
import { z } from 'zod'
import { packageFolder } from '#core/places.ts'
import { noKeychain } from '#test/fixtures/no-keychain.ts'

/** The bundle, as `npm start` runs it; `npm test` builds it first. */
export const bundle = path.join(packageFolder, 'dist/millrace.mjs')

export const starterFlow = (name: string): string => path.join(packageFolder, 'resources/flows', name)

export type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

export type Command = {
  readonly pid: number
  /** Resolves when stdout or stderr holds the text; rejects when the command ends without it. */
  saw(text: string | RegExp): Promise<void>
  /** What it has written to stdout so far. */
  said(): string
  signal(signal: NodeJS.Signals): void
  /** Reads no more, as `| head` does. */
  leave(): void
  readonly ended: Promise<Ended>
}

export type CommandOptions = {
  readonly home: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Buffer
  /** Another build of the program. */
  readonly program?: string
}

/** A test that failed may have left a command that waits. */
const running = new Set<{ kill(signal: 'SIGKILL'): unknown }>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `millrace` as a person would, with a home of its own. */
export const start = (args: readonly string[], options: CommandOptions): Command => {
  const { home, cwd = packageFolder, env, input = '', program = bundle } = options
  const child = spawn(process.execPath, [program, '--home', home, ...args], {
    cwd,
    env: { ...process.env, ...noKeychain, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  // One that ends without reading what it is given is no mistake of ours.
  child.stdin.on('error', () => undefined).end(input)
  const output = { stdout: '', stderr: '' }
  let isOver = false
  const checks = new Set<() => void>()
  const check = () => checks.forEach((one) => one())
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
      check()
    })
  }
  const ended = once(child, 'close').then(([exitCode]): Ended => {
    isOver = true
    running.delete(child)
    check()
    return { exitCode: exitCode as number | null, ...output }
  })
  const saw = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const all = output.stdout + output.stderr
        const isThere = typeof text === 'string' ? all.includes(text) : text.test(all)
        if (!isThere && !isOver) return
        checks.delete(look)
        if (isThere) resolve()
        else reject(new Error(`The command ended without “${String(text)}”:\n${all}`))
      }
      checks.add(look)
      look()
    })
  const leave = () => {
    child.stdout.destroy()
    child.stderr.destroy()
  }
  return {
    pid: child.pid ?? 0,
    saw,
    said: () => output.stdout,
    signal: (signal) => void child.kill(signal),
    leave,
    ended,
  }
}

export const millrace = (args: readonly string[], options: CommandOptions): Promise<Ended> => start(args, options).ended

const State = z.object({ type: z.string(), name: z.string(), message: z.string().optional() })
const TaskLine = z.object({
  task: z.string(),
  item: z.number().optional(),
  state: State,
  run_count: z.number(),
  duration_ms: z.number(),
  outputs: z.record(z.string(), z.json()),
  waiting: z.string().optional(),
  cache: z.object({ key: z.string(), outcome: z.string(), parts: z.record(z.string(), z.string()) }).optional(),
})
export type TaskLine = z.output<typeof TaskLine>

const FlowRunLine = z.looseObject({ id: z.string(), name: z.string(), flow: z.string(), state: State })
export type FlowRunLine = z.output<typeof FlowRunLine>

/** The last line of `run --json`. */
export const Result = z.object({
  type: z.literal('result'),
  state: State,
  flow_run: FlowRunLine,
  tasks: z.array(TaskLine),
})
export type Result = z.output<typeof Result>

/** The line of `flow-run inspect --json`. */
const Inspection = FlowRunLine.extend({ task_runs: z.array(TaskLine), subflow_runs: z.array(FlowRunLine) })
export type Inspection = z.output<typeof Inspection>

export const jsonLines = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))

export const resultOf = ({ stdout, stderr }: Ended): Result => {
  const last = jsonLines(stdout).at(-1)
  const result = Result.safeParse(last)
  if (result.success) return result.data
  throw new Error(`No result line:\n${stdout}\n${stderr}`)
}

export const inspectionOf = ({ stdout }: Ended): Inspection => Inspection.parse(jsonLines(stdout)[0])
export const flowRunsOf = ({ stdout }: Ended): FlowRunLine[] => jsonLines(stdout).map((line) => FlowRunLine.parse(line))

type WithTasks = { readonly tasks: readonly TaskLine[] } | { readonly task_runs: readonly TaskLine[] }
const tasksOf = (of: WithTasks): readonly TaskLine[] => ('tasks' in of ? of.tasks : of.task_runs)

/** States by task, or by `task[item]`, in the order in which they are listed. */
export const statesOf = (of: WithTasks): Record<string, string> =>
  Object.fromEntries(
    tasksOf(of).map(({ task, item, state }) => [item === undefined ? task : `${task}[${item}]`, state.name]),
  )

/** The line of a task as a whole, or of one of its items. */
export const taskOf = (of: WithTasks, task: string, item?: number): TaskLine => {
  const found = tasksOf(of).find((line) => line.task === task && line.item === item)
  if (found) return found
  throw new Error(`No task run ${task}: ${JSON.stringify(of)}`)
}
