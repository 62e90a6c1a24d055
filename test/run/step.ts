import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '../..')

/** The programs of our tools, each run under the Node that runs this. */
const tools = {
  build: 'core/bootstrap/build.js',
  knip: 'node_modules/knip/bin/knip.js',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
} as const

export type Step = {
  readonly name: string
  readonly tool: keyof typeof tools
  readonly args: readonly string[]
  /** Milliseconds, after which it is killed. */
  readonly limit: number
  /** Whether its output is shown as it comes or only kept. */
  readonly show: boolean
}

export type StepResult = {
  /** Null when it was killed. */
  readonly exitCode: number | null
  readonly output: string
  readonly duration: number
}

/** How long after the end of a step we wait for what processes it left behind may still say. */
const lastWords = 2000

export const runStep = async ({ tool, args, limit, show }: Step): Promise<StepResult> => {
  const began = performance.now()
  const output: Buffer[] = []
  const child = spawn(process.execPath, [join(root, tools[tool]), ...args], {
    cwd: root,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  })
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  const closed = once(child, 'close')
  await once(child, 'exit')
  clearTimeout(timer)
  await Promise.race([closed, pause(lastWords)])
  child.stdout?.destroy()
  child.stderr?.destroy()
  return { exitCode: child.exitCode, output: Buffer.concat(output).toString(), duration: performance.now() - began }
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

export const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
