import { z } from 'zod'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import { checkHeaders, headersHelp, headerValues } from '#core/kinds/http/header-values.ts'
import type { Headers } from '#core/kinds/http/http.ts'
import { webAddress } from '#core/kinds/http/web-address.ts'
import { postNotice, type Post } from '#core/kinds/notify/post-notice.ts'
import { notSent, reachStages } from '#core/kinds/notify/reach.ts'
import { secretOf } from '#core/kinds/secret-of.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { bodyKinds, checkTemplate, contentTypes, filled } from './template.ts'

const fields = z.object({
  method: field
    .choice(['POST', 'PUT', 'PATCH', 'GET'], { title: 'Method', help: 'GET sends no body.' })
    .default('POST'),
  format: field
    .choice(bodyKinds, {
      title: 'Format',
      help: 'How values are written into the template: for JSON, for a form, or as they are.',
    })
    .default('json'),
  body: field
    .multiline({ title: 'Template', help: 'What is sent: {{ subject }} and {{ text }} are replaced, also in the URL.' })
    .default('{"subject": "{{ subject }}", "text": "{{ text }}"}'),
  headers: field.map(z.string(), { title: 'Headers', help: headersHelp }).default({}),
  certificates: field
    .multiline({
      title: 'Certificates',
      help: 'Further authorities to trust: PEM text, or the full path of a file with it.',
    })
    .min(1)
    .optional(),
})
const config = fields.superRefine(checkHeaders)
type WebhookSettings = z.output<typeof config>

const fetchIt = 'Give the whole URL, beginning with https://.'
const example: Notice = { subject: 'subject', text: 'text' }

const addressFor = (text: string, notice: Notice): URL => webAddress(filled(text, 'form', notice), fetchIt)

const requestOf = (
  { method, format, body, certificates }: WebhookSettings,
  headers: Headers,
  notice: Notice,
): Omit<Post, 'service' | 'url' | 'secrets'> => {
  if (method === 'GET') return { method, headers, certificates }
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const typed = own ? headers : { 'content-type': contentTypes[format], ...headers }
  return { method, headers: typed, body: filled(body, format, notice), certificates }
}

const open = async (context: BlockContext<WebhookSettings>): Promise<Notifier> => {
  const { settings, http } = context
  const address = await context.secret('url')
  const { headers, secrets } = await headerValues(settings.headers, secretOf(context))
  if (settings.method !== 'GET') checkTemplate(settings.body, settings.format)
  return {
    location: `a webhook (${addressFor(address, example).host})`,
    send: async (notice, signal) => {
      const url = addressFor(address, notice)
      const post = {
        service: 'The webhook',
        url,
        secrets: [address, ...secrets],
        ...requestOf(settings, headers, notice),
      }
      const { status, text } = await postNotice(http, post, signal)
      return { answer: text || String(status) }
    },
    close: () => Promise.resolve(),
  }
}

async function* test(context: BlockContext<WebhookSettings>): AsyncGenerator<TestStage> {
  const { settings, secret, http, signal } = context
  const prepared = await staged(
    'Message',
    async () => {
      await headerValues(settings.headers, secretOf(context))
      if (settings.method !== 'GET') checkTemplate(settings.body, settings.format)
    },
    () => 'The template and the headers can be sent.',
  )
  yield prepared.stage
  if (!prepared.stage.ok) return
  const { certificates } = settings
  const address = async () => addressFor(await secret('url'), example)
  if (yield* reachStages({ http, address, certificates, signal })) yield notSent
}

export const customWebhookBlock = defineBlock({
  type: 'custom-webhook',
  version: 1,
  title: 'Custom webhook',
  summary: 'Sends messages to any web address, in the form that it wants.',
  icon: 'webhook',
  config,
  secrets: { url: { title: 'URL', help: 'Often it holds a token, so all of it is secret.' } },
  facts: { url: (text) => ({ shown: { Server: addressFor(text, example).host }, expiresAt: null }) },
  capabilities: ['notify'],
  certificates: ['certificates'],
  docs: `For services that take a message over HTTP and have no block of their own: Discord, Google Chat, PagerDuty, ntfy, your own.

The template is sent with \`{{ subject }}\` and \`{{ text }}\` replaced. In JSON they stand within quotes; line breaks and
quotes in a message are escaped. Headers whose values are secret name a block: \`X-Api-Key: block:secret/key\`. Any answer
from 200 to 299 counts as taken.

| service | template |
|---|---|
| Discord | \`{"content": "**{{ subject }}**\\n{{ text }}"}\` |
| Google Chat | \`{"text": "*{{ subject }}*\\n{{ text }}"}\` |
| ntfy | format \`text\`, template \`{{ text }}\`, header \`Title: Millrace\` |`,
  examples: [
    { body: '{"content": "**{{ subject }}**\\n{{ text }}"}' },
    { method: 'PUT', format: 'text', body: '{{ text }}', headers: { 'X-Api-Key': 'block:secret/key' } },
  ],
  openNotifier: open,
  test,
})
