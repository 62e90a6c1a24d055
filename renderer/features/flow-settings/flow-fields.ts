import type { FieldDescription } from '#core/model/field-description.ts'

const flowField = (
  name: string,
  title: string,
  rest: Partial<FieldDescription> & Pick<FieldDescription, 'widget'>,
): FieldDescription => ({ name, title, required: false, schema: {}, ...rest })

const anyValue = flowField('', '', { widget: 'json' })

export const flowFields = {
  description: flowField('description', 'Description', { widget: 'multiline', help: 'What the flow is for.' }),
  variables: flowField('variables', 'Variables', {
    widget: 'map',
    item: anyValue,
    help: 'Values made from parameters, in order; expressions use them by name.',
  }),
  tags: flowField('tags', 'Tags', { widget: 'list', help: 'For filters on the runs page.' }),
  concurrency: flowField('concurrency', 'Tasks at once', {
    widget: 'number',
    placeholder: 'As many as fit',
    help: 'Most task runs of one run of this flow at the same time.',
  }),
  retries: flowField('retries', 'Retries', {
    widget: 'number',
    default: 0,
    help: 'How often the run is tried again after it failed.',
  }),
  retryDelay: flowField('retry_delay', 'Retry delay', { widget: 'duration', placeholder: '0s' }),
  timeout: flowField('timeout', 'Timeout', {
    widget: 'duration',
    placeholder: 'None',
    help: 'The run is stopped after this time, for example 2h.',
  }),
} as const
