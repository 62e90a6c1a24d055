import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { forkNode } from './forked-process.ts'
import { clearingSpill, spillFolder } from './spill.ts'

test('what a worker spilled goes when it is killed', async () => {
  const spill = mkdtempSync(join(tmpdir(), 'millrace-spill-'))
  onTestFinished(() => rmSync(spill, { recursive: true }))
  const entry = fileURLToPath(import.meta.resolve('#test/fixtures/workers/entry.ts'))
  const worker = clearingSpill(forkNode({ entry }), spill)({})
  const own = spillFolder(spill, worker.pid ?? 0)
  mkdirSync(own)
  worker.kill()
  await expect.poll(() => existsSync(own)).toBe(false)
})
