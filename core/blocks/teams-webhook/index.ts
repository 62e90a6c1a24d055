import { z } from 'zod'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import { webAddress } from '#core/kinds/http/web-address.ts'
import { postNotice } from '#core/kinds/notify/post-notice.ts'
import { notSent, reachStages } from '#core/kinds/notify/reach.ts'
import { shorten } from '#core/kinds/notify/shorten.ts'
import type { SecretFacts, TestStage } from '#core/model/block.ts'

const fetchIt =
  'Fetch it in Teams: at the channel choose Workflows, the template “Send webhook alerts to a channel” (it begins with “When a Teams webhook request is received”), and copy its URL.'

const addressOf = (text: string): URL => webAddress(text, fetchIt)

/** The connectors that came before workflows. */
const isRetired = ({ hostname }: URL): boolean => /(^|\.)(webhook|outlook)\.office\.com$/.test(hostname)

const retired = 'This is the address of a Microsoft 365 connector, which Microsoft has retired.'

const factsOf = (text: string): SecretFacts => {
  const url = addressOf(text)
  return { shown: { Server: url.host, ...(isRetired(url) && { Note: `${retired} ${fetchIt}` }) }, expiresAt: null }
}

/** Teams takes about 28 kB; the card around the text has its share, and a character may take four. */
const longest = 6000

/** In a card a single line break is a space. */
const bodyOf = ({ subject, text }: Notice): string => {
  const block = (words: string, look: object) => ({ type: 'TextBlock', text: words, wrap: true, ...look })
  const lines = shorten(text, longest).replaceAll(/\r?\n/g, '\n\n')
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(shorten(subject, 500), { weight: 'Bolder', size: 'Medium' }),
      ...(lines === '' ? [] : [block(lines, {})]),
    ],
    msteams: { width: 'Full' },
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return JSON.stringify({ type: 'message', attachments: [attachment] })
}

const remedyOf = (url: URL, status: number): string | null => {
  if (isRetired(url)) return `${retired} ${fetchIt}`
  if (status === 401 || status === 403)
    return 'Its signature is not valid, or the workflow lets only some people in. Allow anyone to trigger it, copy the URL anew, and set it.'
  if (status === 404 || status === 410) return 'The workflow is gone or switched off. Switch it on, or make a new one.'
  if (status === 400)
    return 'The workflow does not take the card. Does it begin with “When a Teams webhook request is received”?'
  return null
}

const open = async ({ secret, http }: BlockContext<unknown>): Promise<Notifier> => {
  const url = addressOf(await secret('url'))
  return {
    location: `Teams (${url.host})`,
    send: async (notice, signal) => {
      const headers = { 'content-type': 'application/json' }
      const post = {
        service: 'Teams',
        url,
        headers,
        body: bodyOf(notice),
        secrets: [],
        remedy: (status: number) => remedyOf(url, status),
      }
      const { status, text } = await postNotice(http, post, signal)
      return { answer: text || (status === 202 ? 'accepted' : String(status)) }
    },
    close: () => Promise.resolve(),
  }
}

async function* test({ secret, http, signal }: BlockContext<unknown>): AsyncGenerator<TestStage> {
  const url = yield* reachStages({ http, address: async () => addressOf(await secret('url')), signal })
  if (url) yield notSent
}

export const teamsWebhookBlock = defineBlock({
  type: 'teams-webhook',
  version: 1,
  title: 'Teams webhook',
  summary: 'Sends messages to a channel or chat of Microsoft Teams, by a workflow.',
  icon: 'users',
  config: z.object({}),
  secrets: { url: { title: 'Webhook URL', help: fetchIt } },
  facts: { url: factsOf },
  capabilities: ['notify'],
  docs: `Messages are sent as an Adaptive Card to a workflow of Teams (Power Automate), which posts them.

1. At the channel or chat in Teams: **…**, **Workflows**, template **Send webhook alerts to a channel**.
2. Choose team and channel, add the workflow, and copy the URL that is shown.
3. Whoever has the URL can write there, so it is kept as a secret.

The workflow belongs to the person who made it: give it a second owner, so that it outlives them. Microsoft has retired the
former Microsoft 365 connectors (\`…webhook.office.com\`). That Teams has accepted a message does not mean
that the workflow posted it: its run history in Power Automate tells.`,
  examples: [{}],
  openNotifier: open,
  test,
})
