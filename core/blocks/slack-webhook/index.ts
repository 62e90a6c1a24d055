import { z } from 'zod'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import { webAddress } from '#core/kinds/http/web-address.ts'
import { postNotice } from '#core/kinds/notify/post-notice.ts'
import { probe } from '#core/kinds/notify/probe.ts'
import { notSent, reachStages } from '#core/kinds/notify/reach.ts'
import { shorten } from '#core/kinds/notify/shorten.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'

const fetchIt =
  'Fetch the webhook’s URL from api.slack.com/apps: your app, Incoming Webhooks; it begins with https://hooks.slack.com/services/.'

const addressOf = (text: string): URL => {
  if (/^xox[a-z]-|^xapp-/.test(text.trim()))
    throw new Refused({ code: 'invalid', message: `This is a token of Slack, not a webhook. ${fetchIt}` })
  return webAddress(text, fetchIt)
}

/** In Slack’s own words; `no_text` and the like only say that nothing was there to send. */
const remedies: Readonly<Record<string, string>> = {
  no_service: 'The webhook was removed or switched off. Make a new one and set its URL.',
  no_team: 'Its workspace is gone. Make a webhook in another one.',
  invalid_token: 'The webhook was made invalid. Make a new one and set its URL.',
  channel_not_found: 'Its channel is gone. Make a webhook for another one.',
  channel_is_archived: 'Its channel is archived. Take it back from the archive, or make a webhook for another one.',
  action_prohibited: 'An administrator of the workspace forbids it. Ask them.',
  posting_to_general_channel_denied: 'Only administrators may post there. Make a webhook for another channel.',
}

const remedyOf = (_status: number, answer: string): string | null => remedies[answer.trim()] ?? null

const inMrkdwn = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const longest = 39_000

const bodyOf = ({ subject, text }: Notice): string =>
  JSON.stringify({ text: shorten(`*${inMrkdwn(subject)}*\n${inMrkdwn(text)}`, longest) })

const open = async ({ secret, http }: BlockContext<unknown>): Promise<Notifier> => {
  const url = addressOf(await secret('url'))
  return {
    location: `Slack (${url.host})`,
    send: async (notice, signal) => {
      const headers = { 'content-type': 'application/json' }
      const post = { service: 'Slack', url, headers, body: bodyOf(notice), secrets: [], remedy: remedyOf }
      const { status, text } = await postNotice(http, post, signal)
      return { answer: text || String(status) }
    },
    close: () => Promise.resolve(),
  }
}

/** Slack says of an empty message that it is empty only where the webhook is in force; it is never shown. */
async function* test({ secret, http, signal }: BlockContext<unknown>): AsyncGenerator<TestStage> {
  const url = yield* reachStages({ http, address: async () => addressOf(await secret('url')), signal })
  if (!url) return
  const known = await staged(
    'Webhook',
    async () => {
      const headers = { 'content-type': 'application/json' }
      const asked = { method: 'POST', url, headers, body: '{"text":""}', secretPath: true, signal } as const
      const { status, text } = await probe(http, asked)
      if (status <= 400) return
      const said = remedies[text] ?? 'Is its URL right?'
      throw new Refused({ code: 'denied', message: `Slack does not know the webhook (${status}). ${said}` })
    },
    () => 'Slack knows the webhook.',
  )
  yield known.stage
  if (known.stage.ok) yield notSent
}

export const slackWebhookBlock = defineBlock({
  type: 'slack-webhook',
  version: 1,
  title: 'Slack webhook',
  summary: 'Sends messages to a channel of Slack.',
  icon: 'hash',
  config: z.object({}),
  secrets: { url: { title: 'Webhook URL', help: fetchIt } },
  facts: { url: (text) => ({ shown: { Server: addressOf(text).host }, expiresAt: null }) },
  capabilities: ['notify'],
  docs: `Messages go to the one channel that the webhook was made for.

1. Open <https://api.slack.com/apps>, make an app (or take one) and switch on **Incoming Webhooks**.
2. **Add New Webhook to Workspace**, choose the channel, and copy the URL.
3. Whoever has the URL can write to the channel, so it is kept as a secret.

Mattermost and Rocket.Chat take the same messages.`,
  examples: [{}],
  openNotifier: open,
  test,
})
