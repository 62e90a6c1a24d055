import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import { endpointOf, endpointSettings, type EndpointSettings } from '#core/kinds/http/endpoint.ts'
import { probe } from '#core/kinds/notify/probe.ts'
import { secretOf } from '#core/kinds/secret-of.ts'
import { staged } from '#core/kinds/staged.ts'
import { factsOfToken } from '#core/kinds/token-facts.ts'
import type { TestStage } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'

async function* test(context: BlockContext<EndpointSettings>): AsyncGenerator<TestStage> {
  const { settings, secret, http, signal } = context
  const prepared = await staged(
    'Settings',
    () => endpointOf(settings, { own: secret, other: secretOf(context) }),
    ({ base }) => base.href,
  )
  if (!prepared.value) {
    yield prepared.stage
    return
  }
  const { base, credentials, certificates } = prepared.value
  const asked = await staged(
    'Reach the server',
    () => probe(http, { url: base, credentials, certificates, settings: { certificates: 'certificates' }, signal }),
    ({ status }) => `${base.host} answers${base.protocol === 'https:' ? ' over TLS' : ''} (${status}).`,
  )
  yield asked.stage
  if (!asked.value) return
  const { status, text } = asked.value
  yield (
    await staged(
      'Sign in',
      () => {
        if (status !== 401 && status !== 403) return
        const said = text === '' ? '' : ` It said: “${text}”`
        const message = `${base.host} does not let the base URL be read (${status}). Are token, user and password right?${said}`
        throw new Refused({ code: 'denied', message })
      },
      () => (settings.auth === 'none' ? 'None was asked for.' : 'It was not refused.'),
    )
  ).stage
}

export const httpEndpointBlock = defineBlock({
  type: 'http-endpoint',
  version: 1,
  title: 'HTTP endpoint',
  summary: 'A web service: its base URL, headers and sign-in, for downloads and requests.',
  icon: 'globe',
  config: endpointSettings,
  secrets: {
    token: { title: 'Token', help: 'For bearer.', optional: true },
    password: { title: 'Password', help: 'For basic.', optional: true },
  },
  needs: ({ auth }) => (auth === 'none' ? [] : [auth === 'bearer' ? 'token' : 'password']),
  capabilities: [],
  certificates: ['certificates'],
  facts: { token: factsOfToken },
  docs: `Tasks **Download** and **HTTP request** name it as \`endpoint\` and give only a path below its base URL.

Headers and sign-in are sent to the host of the base URL and to no other: where the server redirects elsewhere, they stay
behind. A key in a header of its own comes from a block: \`X-Api-Key: block:secret/key\`. What is secret goes over
\`https:\` only, but for servers on this machine.`,
  examples: [
    { base_url: 'https://api.example.org/v1', auth: 'bearer' },
    { base_url: 'https://files.example.org', auth: 'basic', user: 'reader' },
    { base_url: 'https://api.example.org', headers: { 'X-Api-Key': 'block:secret/key' } },
  ],
  test,
})
