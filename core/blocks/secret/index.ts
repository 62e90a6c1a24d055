import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { factsOfToken } from '#core/kinds/token-facts.ts'

const docs = `
One secret value: a password, a token, a key. It goes to the place for secrets (the keychain of this machine, or the vault) and is
never shown again; it can be replaced or cleared.

A script gets it in its environment, and only under the name that you choose:

    with:
      secrets: { API_TOKEN: block:secret/my-token }
      script: curl -H "Authorization: Bearer $API_TOKEN" https://example.org/export

No expression can read it. Where it would appear in a log, eight asterisks stand instead; values of fewer than six characters cannot
be masked without blacking out ordinary text, so they are refused.
`

export const secret = defineBlock({
  type: 'secret',
  version: 1,
  title: 'Secret',
  summary: 'One secret value, such as a password or a token, that scripts get by its name.',
  icon: 'key-round',
  docs,
  config: z.object({}),
  secrets: {
    value: {
      title: 'Value',
      help: 'Kept in the place for secrets, never in a file, a log or on the screen. It can be replaced, not read.',
      multiline: true,
    },
  },
  capabilities: ['value'],
  facts: { value: factsOfToken },
  examples: [{}],
  test: async function* (context) {
    const started = performance.now()
    await context.secret('value')
    yield {
      stage: 'Read the value',
      ok: true,
      duration: performance.now() - started,
      message: 'The value is set and can be read.',
    }
  },
})
