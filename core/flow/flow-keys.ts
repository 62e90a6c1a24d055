import { hookNames } from '#core/model/flow-document.ts'
import { anything, duration, listOf, mapping, text, wholeNumber, withoutEffect } from './readers.ts'

/** The version of the document format, not of a flow. */
export const formatVersion = 1

/** What may stand at the top of a flow document. */
export const flowKeys = {
  millrace: anything('The version of this format.', { const: formatVersion }),
  name: text('The name of the flow.'),
  description: text('What it is for.'),
  parameters: mapping('Values that each run may set.'),
  variables: mapping('Values made from parameters, in order.'),
  tasks: mapping('The tasks, by id.'),
  tags: listOf('For filters.', text('A tag.')),
  concurrency: wholeNumber('Most task runs of one flow run at once.', 1),
  retries: wholeNumber('How often the flow run is tried again after it failed.', 0),
  retry_delay: duration('How long to wait before that.'),
  timeout: duration('The flow run is stopped after this time.'),
  hooks: mapping('Tasks that run when the flow run has ended.'),
  notify: withoutEffect('notify', 'To tell people, write a notify.send task under hooks, for example on_failure.'),
  layout: anything('Where the canvas shows the tasks.'),
} as const

export const hookKeys = Object.fromEntries(hookNames.map((name) => [name, mapping('Tasks, by id.')])) as Readonly<
  Record<(typeof hookNames)[number], ReturnType<typeof mapping>>
>
