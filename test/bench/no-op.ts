import { z } from 'zod'
import { catalogue } from '#core/catalogue.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { defineTask } from '#core/kinds/task-type.ts'

/** Does nothing, in a worker: what is left is the engine. */
const noOp = defineTask({
  type: 'bench.no-op',
  version: 1,
  title: 'Nothing',
  summary: 'Does nothing.',
  group: 'control',
  icon: 'circle',
  config: z.object({}),
  inputs: {},
  outputs: {},
  examples: [{}],
  run: async () => ({}),
})

export const benchCatalogue = catalogueOf([...catalogue.tasks.values(), noOp], [...catalogue.blocks.values()])
