import type { FieldDescription } from '#core/model/field-description.ts'
import { runIfs } from '#core/model/flow-document.ts'

const option = (
  name: string,
  title: string,
  rest: Partial<FieldDescription> & Pick<FieldDescription, 'widget'>,
): FieldDescription => ({
  name,
  title,
  required: false,
  schema: {},
  ...rest,
})

/** What may be set of any task, whatever its type; drawn by the same forms as settings are. */
export const runOptions = {
  retries: option('retries', 'Retries', {
    widget: 'number',
    default: 0,
    help: 'How often it is tried again after it failed, timed out or crashed.',
  }),
  retryJitter: option('retry_jitter', 'Jitter', {
    widget: 'number',
    default: 0,
    help: 'Spreads each delay by up to this part of it, for example 0.5.',
  }),
  timeout: option('timeout', 'Timeout', {
    widget: 'duration',
    placeholder: 'None',
    help: 'It is stopped after this time, for example 10m.',
  }),
  runIf: option('run_if', 'Run if', {
    widget: 'choice',
    choices: runIfs,
    default: 'all_succeeded',
    help: 'On what outcome of the tasks before it it runs; else it is skipped.',
  }),
  when: option('when', 'Only when', {
    widget: 'text',
    placeholder: '{{ tasks.check.rows > 0 }}',
    help: 'A condition. When it does not hold the task is skipped.',
  }),
  allowFailure: option('allow_failure', 'Allow failure', {
    widget: 'boolean',
    default: false,
    help: 'The run may complete though this task failed.',
  }),
  as: option('as', 'Item name', { widget: 'text', default: 'item', help: 'What expressions call the item.' }),
  concurrency: option('concurrency', 'Items at once', { widget: 'number', placeholder: 'As many as fit' }),
  cacheKey: option('key', 'Cache key', {
    widget: 'text',
    default: 'inputs',
    help: 'inputs means settings and input data; else an expression.',
  }),
  cacheExpires: option('expires', 'Expires after', { widget: 'duration', placeholder: 'Never' }),
  tags: option('tags', 'Tags', { widget: 'list', help: 'For filters and concurrency limits.' }),
  keep: option('keep', 'Keep the table', {
    widget: 'boolean',
    default: false,
    help: 'Its rows are kept as a file, so that preview and resume need not compute them again.',
  }),
  disabled: option('disabled', 'Disabled', {
    widget: 'boolean',
    default: false,
    help: 'It does nothing and passes its input through.',
  }),
  note: option('note', 'Note', { widget: 'multiline', help: 'For people.' }),
} as const

export const retryDelayOption = option('retry_delay', 'Retry delay', {
  widget: 'text',
  placeholder: '10s',
  help: 'One delay, or one for each retry: 10s, 1m, 5m. The last one is used for all after it.',
})
