import { z } from 'zod'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { holdsSignIn } from '#core/kinds/http/plain-secrets.ts'
import { webAddress } from '#core/kinds/http/web-address.ts'
import { clip, shorten } from '#core/kinds/notify/shorten.ts'
import { postNotice } from '#core/kinds/notify/post-notice.ts'
import { probe } from '#core/kinds/notify/probe.ts'
import { notSent, reachStages } from '#core/kinds/notify/reach.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'

const priorities = ['P1', 'P2', 'P3', 'P4', 'P5'] as const

const config = z.object({
  api: field
    .url({ title: 'API address', help: 'https://api.eu.opsgenie.com for an account in the EU.', key: true })
    .refine(
      (api) => !holdsSignIn(api) && !/[?#]/.test(api),
      'It is an address and nothing else. Opsgenie is signed in to by the secret “key” (--stdin key)',
    )
    .default('https://api.opsgenie.com'),
  priority: field.choice(priorities, { title: 'Priority', help: 'P1 is critical, P5 informational.' }).default('P3'),
  teams: field
    .list(z.string().min(1), {
      title: 'Teams',
      help: 'Names of the teams that are alerted. Default: those of the integration.',
    })
    .default([]),
  tags: field.list(z.string().min(1).max(50), { title: 'Tags' }).max(20).default([]),
})
type OpsgenieSettings = z.output<typeof config>

const addressOf = ({ api }: OpsgenieSettings): URL => new URL('/v2/alerts', webAddress(api, 'Correct the API address.'))

const bodyOf = ({ priority, teams, tags }: OpsgenieSettings, { subject, text }: Notice): string =>
  JSON.stringify({
    message: clip(subject, 130),
    description: shorten(clip(subject, 130) !== subject ? `${subject}\n\n${text}` : text, 15_000),
    source: 'Millrace',
    priority,
    ...(tags.length > 0 && { tags }),
    ...(teams.length > 0 && { responders: teams.map((name) => ({ name, type: 'team' })) }),
  })

const remedyOf = (status: number): string | null => {
  if (status === 401) return 'The key is not valid there. An account in the EU has its own API address.'
  if (status === 402) return 'The plan of the account does not allow it.'
  if (status === 403) return 'The key may not create alerts. Give its integration that right.'
  if (status === 422) return 'It does not take these settings. Are the teams spelled right?'
  return null
}

const headersOf = async ({ secret }: Pick<BlockContext<unknown>, 'secret'>) => {
  const key = await secret('key')
  return { key, headers: { authorization: `GenieKey ${key}`, 'content-type': 'application/json' } }
}

const open = async (context: BlockContext<OpsgenieSettings>): Promise<Notifier> => {
  const { settings, http } = context
  const { key, headers } = await headersOf(context)
  const url = addressOf(settings)
  return {
    location: `Opsgenie (${url.host})`,
    send: async (notice, signal) => {
      const body = bodyOf(settings, notice)
      const post = { service: 'Opsgenie', url, headers, body, secrets: [key], remedy: remedyOf }
      const { status, text } = await postNotice(http, post, signal)
      return { answer: text || String(status) }
    },
    close: () => Promise.resolve(),
  }
}

/** A key that may only create alerts cannot list them: then the answer is 403, and the key is known. */
async function* test(context: BlockContext<OpsgenieSettings>): AsyncGenerator<TestStage> {
  const { settings, http, signal } = context
  const url = yield* reachStages({ http, address: () => Promise.resolve(addressOf(settings)), signal })
  if (!url) return
  const signedIn = await staged(
    'Sign in',
    async () => {
      const { headers } = await headersOf(context)
      const { status, text } = await probe(http, { url: new URL('?limit=1', url), headers, signal })
      if (status === 200 || status === 403) return
      const message = `Opsgenie answered ${status}: ${text} ${remedyOf(status) ?? ''}`.trim()
      throw new Refused({ code: 'denied', message })
    },
    () => 'Opsgenie knows the key.',
  )
  yield signedIn.stage
  if (signedIn.stage.ok) yield notSent
}

export const opsgenieBlock = defineBlock({
  type: 'opsgenie',
  version: 1,
  title: 'Opsgenie',
  summary: 'Raises alerts in Opsgenie.',
  icon: 'siren',
  config,
  secrets: {
    key: {
      title: 'API key',
      help: 'Of an API integration: Settings, Integrations, API. It must be allowed to create alerts.',
    },
  },
  capabilities: ['notify'],
  docs: `Each message raises an alert: the subject is its message (at most 130 characters), the text its description.

In Opsgenie: **Settings**, **Integrations**, **Add integration**, **API**; it must be switched on and have the right to
create and update. Copy its key. Accounts in the EU have the address \`https://api.eu.opsgenie.com\`.`,
  examples: [{}, { api: 'https://api.eu.opsgenie.com', priority: 'P2', teams: ['data'], tags: ['millrace'] }],
  openNotifier: open,
  test,
})
