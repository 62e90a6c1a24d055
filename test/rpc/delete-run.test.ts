import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { openEngine } from '#core/compose.ts'

const source = {
  from: 'text',
  folder: null,
  text: 'millrace: 1\nname: hello\ntasks:\n  greet: { type: log.message, with: { message: Hello } }\n',
} as const

test('a run that was deleted so that it can be undone comes back whole; another deletion does not take it along', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-delete-'))
  const engine = await openEngine({ home, passphrase: null, onBug: () => undefined })
  onTestFinished(async () => {
    await engine.close()
    rmSync(home, { recursive: true, force: true })
  })
  const { runs } = engine.client
  const [kept, gone] = [await runs.submit({ source }), await runs.submit({ source })]
  await Promise.all([engine.ended(kept.id), engine.ended(gone.id)])
  const ids = async () => (await runs.list({})).map(({ id }) => id)

  await runs.deleteMany({ flowRuns: [kept.id] })
  await runs.delete({ flowRun: gone.id })
  expect(await ids()).toEqual([])
  await runs.restoreMany({ flowRuns: [kept.id] })
  expect(await ids()).toEqual([kept.id])
  const lines = await runs.logs({ flowRun: kept.id })
  expect(lines.map(({ message }) => message)).toContain('Hello')
  const failure = await runs.restoreMany({ flowRuns: [gone.id] }).catch((error: unknown) => failureOfCall(error))
  expect(failure).toMatchObject({ code: 'not-found' })
})
