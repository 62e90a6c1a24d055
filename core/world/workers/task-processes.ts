import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeCommand, ProcessRequest, ProcessResult, Processes } from '#core/kinds/task-context.ts'
import type { LogLevel } from '#core/model/log-line.ts'
import type { Masker } from '#core/world/masking/masker.ts'
import { cleanEnvironment } from '#core/world/processes/clean-environment.ts'
import { createLineSplitter } from '#core/world/processes/line-splitter.ts'
import { runProcess } from '#core/world/processes/run-process.ts'
import type { Outbox } from './outbox.ts'

export type TaskProcessesWorld = {
  readonly taskRun: string
  readonly cookie: string
  readonly outbox: Outbox
  readonly masker: Masker
  readonly signal: AbortSignal
  readonly node: NodeCommand
}

/** Milliseconds between SIGTERM and SIGKILL. */
const scriptGrace = 2000
const lastLineCount = 100

export const taskProcesses = (world: TaskProcessesWorld): Processes => ({
  node: world.node,
  run: async (request: ProcessRequest): Promise<ProcessResult> => {
    for (const name of request.secretEnv) world.masker.add(request.env[name] ?? '')
    const readers = { stdout: lineReader(world, 'info'), stderr: lineReader(world, 'warning') }
    const { exitCode, signal, left, excess } = await withTemporary((temporary) =>
      runProcess({
        command: request.command,
        args: request.args,
        cwd: request.cwd,
        env: { ...cleanEnvironment(process.env), TMPDIR: temporary, TMP: temporary, TEMP: temporary, ...request.env },
        cookie: world.cookie,
        ...(request.stdin !== undefined && { stdin: request.stdin }),
        signal: world.signal,
        grace: scriptGrace,
        ...(request.limits && {
          limits: { ...request.limits, folders: [request.cwd, temporary, ...request.limits.folders] },
        }),
        output: (stream, chunk) => {
          readers[stream].write(chunk)
          return world.outbox.room()
        },
      }),
    )
    const lastLines = { stdout: readers.stdout.end(), stderr: readers.stderr.end() }
    if (left > 0 && !excess && !world.signal.aborted) world.outbox.message(world.taskRun, 'warning', leftBehind(left))
    return { exitCode, signal, lastLines, excess }
  },
})

/** A folder for temporary files, for as long as `use` runs. Its path is short: programs put sockets there. */
const withTemporary = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    return await use(folder)
  } finally {
    // What cannot be removed is left to the system, as all temporary files are.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  }
}

const leftBehind = (count: number): string =>
  `${count === 1 ? 'One process that the program had started was' : `${count} processes that the program had started were`} still running when it ended, and ${count === 1 ? 'was' : 'were'} stopped.`

/** Bytes become lines, masked, in the log; keeps the last ones. */
const lineReader = ({ taskRun, outbox, masker }: TaskProcessesWorld, level: LogLevel) => {
  const splitter = createLineSplitter(masker.maskCut)
  const maskLines = masker.lines()
  let last: readonly string[] = []
  const log = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    outbox.lines(taskRun, level, lines)
    last = [...last, ...lines.slice(-lastLineCount)].slice(-lastLineCount)
  }
  return {
    write: (chunk: Buffer): void => log(maskLines.write(splitter.write(chunk))),
    end: (): readonly string[] => {
      log(maskLines.write(splitter.end()))
      log(maskLines.end())
      return last
    },
  }
}
