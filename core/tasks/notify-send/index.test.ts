import { expect, test } from 'vitest'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import type { TaskContext } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import { notifySend } from './index.ts'

const run = async (settings: Record<string, unknown>, send: Notifier['send']) => {
  const lines: string[] = []
  const notifier: Notifier = { location: 'the team', send, close: () => Promise.resolve() }
  const context = {
    config: notifySend.config.parse(settings),
    inputs: {},
    blocks: { notifier: () => Promise.resolve(notifier) },
    log: { info: (line: string) => void lines.push(line) },
    signal: new AbortController().signal,
  }
  // The rest of a context is out of this task's reach.
  return { outputs: await notifySend.run(context as unknown as TaskContext<unknown, unknown>), lines }
}

test('the message goes to the block, and its answer is the output', async () => {
  const sent: Notice[] = []
  const { outputs, lines } = await run({ block: 'block:slack-webhook/alerts', subject: 'done' }, (notice) => {
    sent.push(notice)
    return Promise.resolve({ answer: 'ok' })
  })
  expect(sent).toEqual([{ subject: 'done', text: '' }])
  expect(outputs).toEqual({ answer: { kind: 'value', value: 'ok' } })
  expect(lines).toEqual(['Sent “done” to the team. The answer: ok'])
})

test('a message that is refused fails the task as it was told', async () => {
  const refused = new Refused({ code: 'denied', message: 'The webhook is gone.' })
  const sending = run({ block: 'block:slack-webhook/alerts', subject: 'done' }, () => Promise.reject(refused))
  await expect(sending).rejects.toBe(refused)
})

test('it is an effect: never taken from the cache unless its task says so', () => {
  expect(notifySend.traits).toMatchObject({ effect: true, runs: 'worker' })
  expect(() => notifySend.config.parse({ block: 'block:slack-webhook/alerts', subject: '' })).toThrow(/subject/)
})
