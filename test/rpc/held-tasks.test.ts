import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openEngine } from '#core/compose.ts'

const text = `millrace: 1
name: holding
tasks:
  slow: { type: script.shell, with: { script: "while [ ! -e go ]; do sleep 0.05; done" } }
  next: { type: log.message, after: [slow], with: { message: next } }
`

test('tasks on hold are told to who looks on, and to who comes later', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-held-'))
  const engine = await openEngine({ home, passphrase: null, onBug: () => undefined })
  try {
    const { runs } = engine.client
    const { id: flowRun } = await runs.submit({ source: { from: 'text', text, folder: null } })
    /** The first news of held tasks that fit. */
    const heldWhen = async (fits: (tasks: readonly string[]) => boolean): Promise<readonly string[]> => {
      for await (const news of await runs.watch({ flowRun, logs: false }))
        if (news.kind === 'held' && fits(news.tasks)) return news.tasks
      return []
    }
    const told = heldWhen((tasks) => tasks.length > 0)
    await runs.hold({ flowRun, task: 'next' })
    expect(await told).toEqual(['next'])
    expect(await heldWhen(() => true)).toEqual(['next'])
    const freed = heldWhen((tasks) => tasks.length === 0)
    await runs.release({ flowRun, task: 'next' })
    expect(await freed).toEqual([])
    await runs.cancel({ flowRun })
    await engine.ended(flowRun)
  } finally {
    await engine.close()
    rmSync(home, { recursive: true, force: true })
  }
})
