import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'

const docs = `
One text that several flows share: an address, a prefix, a name that changes now and then. Change it here, and every flow that
reads it has the new text at its next run.

Flows read it in any field: \`{{ blocks.string.source.value }}/green_tripdata.csv.gz\`.

It is shown on the screen and exported with the block, so it is no place for passwords: use a Secret block for them.
`

export const string = defineBlock({
  type: 'string',
  version: 1,
  title: 'String',
  summary: 'One text that several flows share, read as {{ blocks.string.name.value }}.',
  icon: 'type',
  docs,
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
