import { runIfs, type CacheRule, type RetryDelay } from '#core/model/flow-document.ts'
import { inside, reportAt } from './finding.ts'
import {
  anything, choice, duration, inWords, isObject, listOf, mapping, number, readKeys, text, wholeNumber, yesNo,
  type Reader, isList } from './readers.ts' // prettier-ignore

/** Prefect's limit. */
const mostDelays = 50
const firstExponentialDelay = 1_000

const delay = duration('How long to wait.')

const exponential = { exponential: duration('The first delay; each is twice the one before.') }

const retryDelay: Reader<RetryDelay> = {
  schema: {
    description: 'How long to wait before a retry: one duration, a list with one for each retry, or exponential.',
    anyOf: [
      { const: 'exponential' },
      delay.schema,
      { type: 'array', items: delay.schema, minItems: 1, maxItems: mostDelays },
      {
        type: 'object',
        properties: { exponential: delay.schema },
        required: ['exponential'],
        additionalProperties: false,
      },
    ],
  },
  read: (value, place) => {
    if (value === 'exponential') return { kind: 'exponential', base: firstExponentialDelay }
    if (isObject(value)) {
      const { exponential: base } = readKeys(value, exponential, place)
      return base === undefined ? undefined : { kind: 'exponential', base }
    }
    if (!isList(value)) {
      const only = delay.read(value, place)
      return only === undefined ? undefined : { kind: 'fixed', delay: only }
    }
    if (value.length === 0 || value.length > mostDelays) {
      const message = `“retry_delay” takes 1 to ${mostDelays} delays, not ${value.length}.`
      return reportAt(place, {
        code: 'bad-value',
        message,
        remedy: 'The last one is used for all retries after it.',
      })
    }
    const delays = value.map((entry, index) => delay.read(entry, inside(place, index)))
    return { kind: 'list', delays: delays.filter((entry) => entry !== undefined) }
  },
}

const cacheKeys = {
  key: text('inputs (settings and input data), or an expression whose value is the key.'),
  expires: duration('How long a result may be used again.'),
}

const cache: Reader<CacheRule> = {
  schema: {
    description: 'Uses the result of an earlier run again when the key is the same.',
    type: 'object',
    properties: Object.fromEntries(Object.entries(cacheKeys).map(([key, { schema }]) => [key, schema])),
    additionalProperties: false,
  },
  read: (value, place) => {
    if (isObject(value)) {
      const { key = 'inputs', expires = null } = readKeys(value, cacheKeys, place)
      return { key, expires }
    }
    const message = `“cache” takes a mapping, not ${inWords(value)}.`
    return reportAt(place, { code: 'bad-value', message, remedy: 'Write cache: { key: inputs, expires: 1d }.' })
  },
}

/** What may stand beside a task's `type`. */
export const taskKeys = {
  type: text('What the task does.'),
  version: wholeNumber('The version of the task type that the settings are written for; the newest when left out.', 1),
  inputs: mapping('What each input port takes: task.output, or a list of them.'),
  after: listOf('Tasks it waits for without taking data.', text('A task.')),
  with: mapping('Settings.'),
  for_each: anything('A list, an expression that gives one, or the id of a mapped task whose items it follows.', {
    type: ['array', 'string'],
  }),
  as: text('The name of the item in expressions.'),
  concurrency: wholeNumber('Most items of this task at once.', 1),
  retries: wholeNumber('How often it is tried again after it failed.', 0),
  retry_delay: retryDelay,
  retry_jitter: number('Spreads each delay by up to this part of it.', 0),
  timeout: duration('It is stopped after this time.'),
  cache,
  tags: listOf('For filters and concurrency limits.', text('A tag.')),
  keep: yesNo('Keeps its table as a file.'),
  run_if: choice('On what outcome of the tasks before it it runs.', runIfs),
  when: anything('A condition; if it does not hold the task is skipped.', { type: ['string', 'boolean'] }),
  allow_failure: yesNo('The run goes on and may complete though this task failed.'),
  disabled: yesNo('It does nothing and passes its input through.'),
  note: text('For people.'),
} as const
