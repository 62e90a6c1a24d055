import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'

export const secret = defineBlock({
  type: 'secret',
  version: 1,
  title: 'Secret',
  summary: 'One secret value, such as a password or a token, that scripts get by its name.',
  icon: 'key-round',
  config: z.object({}),
  secrets: {
    value: {
      title: 'Value',
      help: 'Kept in the place for secrets, never in a file, a log or on the screen. It can be replaced, not read.',
      multiline: true,
    },
  },
  capabilities: ['value'],
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
