import { expect, test } from 'vitest'
import { z } from 'zod'
import { startTeams } from '#test/fakes/notify/services.ts'
import { containing } from '#test/fixtures/containing.ts'
import { sendBy, stagesOf } from '#test/fixtures/block-context.ts'
import { teamsWebhookBlock } from './index.ts'

const Card = z.object({
  attachments: z.tuple([z.object({ content: z.object({ body: z.array(z.object({ text: z.string() })) }) })]),
})

test('a message comes as an Adaptive Card that a workflow takes', async () => {
  const teams = await startTeams()
  expect(await sendBy(teamsWebhookBlock, { secrets: { url: teams.address } })).toBe('accepted')
  const [{ content }] = Card.parse(JSON.parse(teams.received[0]?.body ?? '')).attachments
  expect(content.body.map(({ text }) => text)).toEqual(['Green taxi failed', 'Line one\n\nLine <two> & "three"'])
})

test('the longest message stays within what Teams takes', async () => {
  const teams = await startTeams()
  const notice = { subject: '💡'.repeat(3000), text: '💡'.repeat(60_000) }
  expect(await sendBy(teamsWebhookBlock, { secrets: { url: teams.address } }, notice)).toBe('accepted')
})

test('a signature that is not valid is told with what to do, without the address', async () => {
  const teams = await startTeams()
  const url = teams.address.replace('made-up-signature', 'another-signature')
  await expect(sendBy(teamsWebhookBlock, { secrets: { url } })).rejects.toMatchObject({
    failure: { code: 'denied', message: containing(/DirectApiAuthorizationRequired.*copy the URL anew/) },
  })
})

test('its test sends nothing', async () => {
  const teams = await startTeams()
  const stages = await stagesOf(teamsWebhookBlock, { secrets: { url: teams.address } })
  expect(stages.map(({ ok }) => ok)).toEqual([true, true, true])
  expect(teams.received.map(({ method, path }) => [method, path])).toEqual([['HEAD', '/']])
})

test('the address of a retired connector is told as such', () => {
  const facts = teamsWebhookBlock.facts?.['url']
  expect(facts?.('https://acme.webhook.office.com/webhookb2/made-up').shown['Note']).toMatch(/Microsoft has retired/)
  expect(facts?.('https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y').shown).toEqual({
    Server: 'prod-1.westeurope.logic.azure.com',
  })
})
