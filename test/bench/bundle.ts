import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { processTable } from '#core/world/processes/process-table.ts'

/** What `npm run build` made. */
export const bundle = path.resolve(import.meta.dirname, '../../dist/millrace.mjs')

export const requireBundle = (): void => {
  if (!existsSync(bundle)) throw new Error(`There is no ${bundle}. Run npm run build.`)
}

export type BundleRun = {
  /** The last line of stdout. */
  readonly lastLine: string
  /** Peak resident MB of the engine's process, and of the greatest of the workers that it started. */
  readonly engine: number
  readonly worker: number
}

/** Often enough that little can be added between the last look and the end: the kernel keeps the peak. */
const interval = 20

/** Runs the bundled command line in a process of its own, and watches its memory. Linux. */
export const runBundle = async (args: readonly string[], nodeArgs: readonly string[] = []): Promise<BundleRun> => {
  requireBundle()
  const child = spawn(process.execPath, [...nodeArgs, bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const end = Promise.all([once(child, 'exit'), once(child.stdout, 'close')])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout = (stdout + chunk.toString('latin1')).slice(-65_536)))
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4096)))
  const engine = child.pid ?? 0
  const peaks = { engine: 0, worker: 0 }
  const watch = setInterval(() => {
    peaks.engine = Math.max(peaks.engine, peakOf(engine))
    for (const { pid, parent } of processTable())
      if (parent === engine) peaks.worker = Math.max(peaks.worker, peakOf(pid))
  }, interval)
  try {
    await end
  } finally {
    clearInterval(watch)
  }
  if (child.exitCode !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${child.exitCode}: ${stderr}`)
  return { lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', ...peaks }
}

/** MB; 0 when the process has ended. */
const peakOf = (pid: number): number => {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(line?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
