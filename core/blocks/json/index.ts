import { z } from 'zod'
import { defineBlock } from '#core/kinds/block-type.ts'
import { field } from '#core/kinds/field.ts'
import type { JsonValue } from '#core/model/handle.ts'

const describe = (value: JsonValue): string => {
  if (Array.isArray(value)) return `A list of ${value.length}.`
  if (value !== null && typeof value === 'object') return `An object with ${Object.keys(value).length} keys.`
  return `A ${value === null ? 'null' : typeof value}.`
}

const docs = `
One value of any shape that several flows share: a list of colours, a mapping of names, settings of a report.

Flows read the whole of it, \`{{ blocks.json.taxi.value }}\`, or a part, \`{{ blocks.json.taxi.value.years[0] }}\`. An expression that
is a field's only content keeps its type, so a list can feed \`for_each: "{{ blocks.json.taxi.value.colors }}"\`.

It is shown on the screen and exported with the block, so it is no place for passwords: use a Secret block for them.
`

export const json = defineBlock({
  type: 'json',
  version: 1,
  title: 'JSON',
  summary: 'One JSON value that several flows share, read as {{ blocks.json.name.value }}.',
  icon: 'braces',
  docs,
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
