import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'

export const string = defineBlock({
  type: 'string',
  version: 1,
  title: 'String',
  summary: 'One text that several flows share, read as {{ blocks.string.name.value }}.',
  icon: 'type',
  config: z.object({
    value: field.multiline({
      title: 'Value',
      help: 'Not secret: it is shown and exported. Use a Secret block for passwords and tokens.',
      key: true,
    }),
  }),
  secrets: {},
  capabilities: ['value'],
  examples: [{ value: 'https://example.org/trip-data' }],
  test: async function* ({ settings }) {
    yield { stage: 'Read the value', ok: true, duration: 0, message: `A text of ${settings.value.length} characters.` }
  },
})
