import { expect, test } from 'vitest'
import { startOpsgenie } from '#test/fakes/notify/services.ts'
import { containing } from '#test/fixtures/containing.ts'
import { sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { opsgenieBlock } from './index.ts'

const key = 'made-up-key-of-opsgenie'

test('a message raises an alert with priority, teams and tags', async () => {
  const opsgenie = await startOpsgenie(key)
  const settings = { api: opsgenie.url, priority: 'P2', teams: ['data'], tags: ['millrace'] }
  expect(await sendBy(opsgenieBlock, { settings, secrets: { key } })).toContain('Request will be processed')
  expect(JSON.parse(opsgenie.received[0]?.body ?? '')).toEqual({
    message: 'Green taxi failed',
    description: 'Line one\nLine <two> & "three"',
    source: 'Millrace',
    priority: 'P2',
    tags: ['millrace'],
    responders: [{ name: 'data', type: 'team' }],
  })
})

test('a subject longer than an alert takes is whole in its description', async () => {
  const opsgenie = await startOpsgenie(key)
  const subject = 'word '.repeat(60)
  await sendBy(opsgenieBlock, { settings: { api: opsgenie.url }, secrets: { key } }, { subject, text: 'text' })
  const alert = JSON.parse(opsgenie.received[0]?.body ?? '') as { message: string; description: string }
  expect(alert.message.length).toBe(130)
  expect(alert.description).toBe(`${subject}\n\ntext`)
})

test('a wrong key is told, also by its test; one that may not list is right', async () => {
  const opsgenie = await startOpsgenie(key)
  const settings = { api: opsgenie.url }
  await expect(sendBy(opsgenieBlock, { settings, secrets: { key: 'another-key' } })).rejects.toMatchObject({
    failure: {
      code: 'denied',
      message: containing(/Key format is not valid.*An account in the EU has its own API address/),
    },
  })
  expect((await stagesOf(opsgenieBlock, { settings, secrets: { key } })).every(({ ok }) => ok)).toBe(true)
  const wrong = await stagesOf(opsgenieBlock, { settings, secrets: { key: 'another-key' } })
  expect(wrong.at(-1)).toMatchObject({ stage: 'Sign in', ok: false })
})
