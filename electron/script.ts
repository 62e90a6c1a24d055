import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ScriptCall } from './arguments.ts'

/** Milliseconds between two looks whether the script still waits for something. */
const interval = 5

/** Node's own code for a script that awaits what never comes. */
const unsettled = 13

/**
 * Runs a script as Node does: `script.node` on a machine without Node. It runs before Chromium begins, in a process that
 * is for it alone. Never resolves; the process ends with the script.
 */
export const runScript = async ({ file, args }: ScriptCall): Promise<never> => {
  const script = path.resolve(file)
  process.argv = [process.execPath, script, ...args]
  // Electron shows a dialog of an uncaught error; Node prints it with its line and ends with 1.
  process.removeAllListeners('uncaughtException')
  process.on('unhandledRejection', raise)
  writeAtOnce(process.stdout)
  writeAtOnce(process.stderr)
  const before = process.getActiveResourcesInfo().length
  let isLoaded = false
  import(pathToFileURL(script).href).then(() => (isLoaded = true), raise)
  endWhenIdle(before, () => process.exit(isLoaded ? (process.exitCode ?? 0) : unsettled))
  return new Promise(() => undefined)
}

const raise = (error: unknown): void =>
  process.nextTick(() => {
    throw error
  })

/** What a script has written is out before it ends, as with Node; pipes do not block here by themselves. */
const writeAtOnce = (stream: NodeJS.WriteStream): void => {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(on: boolean): void } }
  handle?.setBlocking?.(true)
}

/** Electron's loop does not end by itself when nothing is left that could happen. */
const endWhenIdle = (before: number, end: () => void): void => {
  let looks = 0
  setInterval(() => {
    // One more than before is this timer.
    looks = process.getActiveResourcesInfo().length > before + 1 ? 0 : looks + 1
    if (looks === 2) process.emit('beforeExit', Number(process.exitCode ?? 0))
    else if (looks > 2) end()
  }, interval)
}
