import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { withBenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'

const text = 'millrace: 1\nname: shell\ntasks:\n  one: { type: script.shell, with: { script: "echo done" } }\n'

const bareSpawn = async (): Promise<void> => {
  const child = spawn('/bin/sh', ['-e', '-c', 'echo done'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.resume()
  child.stderr.resume()
  await once(child, 'close')
}

/** A flow run of one shell task, from its submission to its end, against the shell alone. */
export const taskShell = ({ pairs }: Scale): Promise<Figure[]> =>
  withBenchEngine(async ({ client, run, check }) => {
    const ids: string[] = []
    const runOne = async () => void ids.push(await run(text))
    for (let warm = 0; warm < 20; warm += 1) await runOne()
    const measured = await inPairs(
      pairs * 10,
      () => timed(bareSpawn),
      () => timed(runOne),
    )
    for (const flowRun of ids) {
      await check(flowRun, 1)
      const lines = await client.runs.logs({ flowRun, search: 'done' })
      expectEqual('what the script printed', lines.map(({ message }) => message).join(), 'done')
    }
    return [figure('task.shell', 'ms', measured, { at: 'most', times: 1.15, plus: 5 })]
  })
