import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { killByCookie } from '#core/world/processes/kill-by-cookie.ts'
import { findKin } from '#core/world/processes/process-tree.ts'

const engine = fileURLToPath(import.meta.resolve('#test/fixtures/workers/engine.ts'))
const Started = z.object({ home: z.string(), folder: z.string() })

test('when the engine is killed its workers end and take their scripts along; take-over kills what cannot listen', async () => {
  const child = spawn(process.execPath, [engine], { stdio: ['ignore', 'pipe', 'ignore'] })
  const said = await new Promise((resolve) => child.stdout.once('data', resolve))
  const { home, folder } = Started.parse(JSON.parse(String(said)))
  const left = (run = '') => findKin({ cookies: [`${home}${run}`], root: null }).length
  try {
    expect(left('/script')).toBeGreaterThanOrEqual(2)
    expect(left('/worker')).toBeGreaterThanOrEqual(3)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // They are nobody's children now, so that nothing tells of their end.
    while (left() > 1) await sleep(10)
    expect(left('/worker')).toBe(1)
    expect(await killByCookie(home)).toBe(1)
    expect(left()).toBe(0)
  } finally {
    child.kill('SIGKILL')
    await killByCookie(home)
    rmSync(folder, { recursive: true })
  }
})
