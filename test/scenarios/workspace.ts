import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import {
  flowRunsOf,
  inspectionOf,
  millrace,
  resultOf,
  start,
  type Command,
  type CommandOptions,
  type Ended,
  type FlowRunLine,
  type Inspection,
  type Result,
} from './millrace.ts'

type Options = Omit<CommandOptions, 'home'>

/** A throw-away folder with flow files in it, and a home beside them. */
export type Workspace = {
  readonly folder: string
  readonly home: string
  path(name: string): string
  /** Writes a file; its path. */
  write(name: string, text: string | Buffer): string
  read(name: string): string
  /** Writes a flow of these tasks (YAML, indented by two); its path. */
  flow(name: string, rest: string): string
  start(args: readonly string[], options?: Options): Command
  millrace(args: readonly string[], options?: Options): Promise<Ended>
  /** `run FILE --json`: the result, whatever the exit code. */
  run(file: string, ...args: readonly string[]): Promise<Result>
  inspect(flowRun: string): Promise<Inspection>
  flowRuns(...args: readonly string[]): Promise<FlowRunLine[]>
  remove(): void
}

export const temporaryFolder = (): { path: string; remove(): void } => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-scenario-'))
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) }
}

/** For a file of tests that share it: whoever makes it removes it. */
export const openWorkspace = (): Workspace => {
  const { path: folder, remove } = temporaryFolder()
  const home = path.join(folder, 'home')
  const at = (name: string): string => path.join(folder, name)
  const write = (name: string, text: string | Buffer): string => {
    mkdirSync(path.dirname(at(name)), { recursive: true })
    writeFileSync(at(name), text)
    return at(name)
  }
  const call = (args: readonly string[], options?: Options) => millrace(args, { home, cwd: folder, ...options })
  return {
    folder,
    home,
    path: at,
    write,
    read: (name) => readFileSync(at(name), 'utf8'),
    flow: (name, rest) => write(`${name}.yaml`, `millrace: 1\nname: ${name}\n${rest}`),
    start: (args, options) => start(args, { home, cwd: folder, ...options }),
    millrace: call,
    run: async (file, ...args) => resultOf(await call(['run', file, '--json', ...args])),
    inspect: async (flowRun) => inspectionOf(await call(['flow-run', 'inspect', flowRun, '--json'])),
    flowRuns: async (...args) => flowRunsOf(await call(['flow-run', 'ls', '--json', ...args])),
    remove,
  }
}

/** For one test. */
export const workspace = (): Workspace => {
  const made = openWorkspace()
  onTestFinished(made.remove)
  return made
}

/** A shell script waits at a gate until a test opens it. */
export type Gate = { readonly wait: string; open(): void; readonly isOpen: boolean }

export const gate = (space: Workspace, name: string): Gate => {
  const file = space.path(`${name}.gate`)
  return {
    wait: `while [ ! -e '${file}' ]; do sleep 0.02; done`,
    open: () => writeFileSync(file, ''),
    get isOpen() {
      return existsSync(file)
    },
  }
}
