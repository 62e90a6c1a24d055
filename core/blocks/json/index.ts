import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import type { JsonValue } from '#core/model/handle.ts'

const describe = (value: JsonValue): string => {
  if (Array.isArray(value)) return `A list of ${value.length}.`
  if (value !== null && typeof value === 'object') return `An object with ${Object.keys(value).length} keys.`
  return `A ${value === null ? 'null' : typeof value}.`
}

export const json = defineBlock({
  type: 'json',
  version: 1,
  title: 'JSON',
  summary: 'One JSON value that several flows share, read as {{ blocks.json.name.value }}.',
  icon: 'braces',
  config: z.object({
    value: field.json({
      title: 'Value',
      help: 'Any JSON. Not secret: it is shown and exported. Use a Secret block for passwords and tokens.',
    }),
  }),
  secrets: {},
  capabilities: ['value'],
  examples: [{ value: { colors: ['yellow', 'green'], first_year: 2019 } }],
  test: async function* ({ settings }) {
    yield { stage: 'Read the value', ok: true, duration: 0, message: describe(settings.value) }
  },
})
