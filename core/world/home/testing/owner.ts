import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { z } from 'zod'

const script = fileURLToPath(new URL('./owner-process.ts', import.meta.url))

const said = z.union([
  z.object({ opened: z.number() }),
  z.object({ acknowledged: z.number() }),
  z.object({ refused: z.looseObject({ code: z.string(), message: z.string() }) }),
])
type Said = z.infer<typeof said>

export type OwnerProcess = {
  readonly child: ChildProcess
  /** The next line it says; null once it has ended. */
  next(): Promise<Said | null>
  /** Ends it as a power cut would, and gives the last number it had acknowledged. */
  kill(): Promise<number>
}

export const ownerProcess = (dir: string, then: 'hold' | 'write' = 'hold'): OwnerProcess => {
  const child = spawn(process.execPath, [script, dir, then], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = once(child, 'exit')
  let acknowledged = -1

  const next = async (): Promise<Said | null> => {
    const line = await lines.next()
    if (line.done) return null
    const what = said.parse(JSON.parse(line.value))
    if ('acknowledged' in what) acknowledged = what.acknowledged
    return what
  }

  const kill = async () => {
    child.kill('SIGKILL')
    await exited
    while (await next());
    return acknowledged
  }

  onTestFinished(async () => {
    await kill()
  })
  return { child, next, kill }
}
