import type { GoogleAnswer } from '#core/google/answer.ts'
import { explainNetwork } from '#core/google/explain-network.ts'
import { GoogleRefused, type Explained } from '#core/google/google-refused.ts'
import { formatBytes } from '#core/kinds/bytes.ts'
import type { ErrorProto } from './answers.ts'
import { explainDenied } from './explain-denied.ts'
import type { Target } from './target.ts'

/** What explanations name. */
export type Place = Pick<Target, 'project' | 'dataset' | 'location' | 'mostBytes'> & { readonly identity: string }

export const placeOf = ({ project, dataset, location, mostBytes, google }: Target): Place => ({
  project,
  dataset,
  location,
  mostBytes,
  identity: google.identity,
})

export const refusedBy = (answer: GoogleAnswer, place: Place): GoogleRefused =>
  new GoogleRefused(explain(answer, place), answer)

/** Of a job that ended in an error. */
export const refusedJob = ({ reason, message }: ErrorProto, place: Place): GoogleRefused =>
  refusedBy({ status: statuses[reason] ?? 400, reason, message, network: null }, place)

const statuses: Readonly<Record<string, number>> = {
  accessDenied: 403,
  accessNotConfigured: 403,
  notFound: 404,
  duplicate: 409,
  backendError: 503,
  internalError: 500,
  rateLimitExceeded: 403,
}

const busy = new Set([
  'rateLimitExceeded',
  'jobRateLimitExceeded',
  'userRateLimitExceeded',
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'tableUnavailable',
])

/** Whether the very same request may succeed in a moment. */
export const isPassing = ({ status, reason, network }: GoogleAnswer): boolean =>
  busy.has(reason) ||
  (network !== null && !/CERT|SELF_SIGNED|UNABLE_TO_/.test(network)) ||
  status === 408 ||
  status === 429 ||
  (status !== null && status >= 500)

const explain = (answer: GoogleAnswer, place: Place): Explained => {
  const { reason, status } = answer
  if (busy.has(reason)) {
    return {
      code: 'unavailable',
      retryable: true,
      message: `BigQuery is busy or has trouble (${reason}): ${answer.message}`,
      remedy: 'Try again later.',
    }
  }
  const known = reasons[reason]?.(answer, place)
  if (known) return known
  if (status === 401 || status === 403) return explainDenied(answer, place)
  if (status === 404) return explainMissing(answer, place)
  const network = explainNetwork(answer, 'BigQuery (bigquery.googleapis.com)')
  if (network) return network
  return {
    code: status === 400 ? 'invalid' : 'unavailable',
    retryable: false,
    message: `BigQuery refused: ${answer.message}`,
    remedy: '',
  }
}

const reasons: Readonly<Record<string, (answer: GoogleAnswer, place: Place) => Explained>> = {
  bytesBilledLimitExceeded: ({ message }, { mostBytes }) => {
    const needed = /([\d]+) or higher required/.exec(message)?.[1]
    const would = needed === undefined ? 'more' : `${formatBytes(Number(needed))}, which is more`
    return {
      code: 'limit',
      retryable: false,
      message: `This would be billed ${would} than the block allows for one query${mostBytes === null ? '' : ` (${formatBytes(mostBytes)})`}. It did not run and costs nothing.`,
      remedy: 'Read less, by naming columns or a partition, or raise the block’s “Maximum bytes billed”.',
    }
  },
  quotaExceeded: ({ message }, { project }) => ({
    code: 'limit',
    retryable: false,
    message: `A quota of the project “${project}” is used up: ${message}`,
    remedy:
      'Wait until it is renewed (most are by the day), or ask for more: console.cloud.google.com/iam-admin/quotas.',
  }),
  billingNotEnabled: (_, { project }) => ({
    code: 'denied',
    retryable: false,
    message: `The project “${project}” has no billing account, and BigQuery’s sandbox does not allow this.`,
    remedy: 'Link a billing account (console.cloud.google.com/billing), or use mode replace with small tables.',
  }),
  invalidQuery: ({ message }) => ({
    code: 'invalid',
    retryable: false,
    message: `BigQuery does not take the SQL: ${message}`,
    remedy: '',
  }),
  invalid: ({ message }) =>
    elsewhere(message) ?? { code: 'data', retryable: false, message: `BigQuery refused: ${message}`, remedy: '' },
  responseTooLarge: () => ({
    code: 'limit',
    retryable: false,
    message: 'The result is too large to be handed over.',
    remedy: 'Select less, or keep it in a table of the dataset (setting “into”).',
  }),
  resourcesExceeded: ({ message }) => ({
    code: 'limit',
    retryable: false,
    message: `The query takes more memory than BigQuery gives it: ${message}`,
    remedy: 'Avoid an ORDER BY or a window over all rows, or do it in steps.',
  }),
  stopped: () => ({ code: 'cancelled', retryable: false, message: 'The job was cancelled in BigQuery.', remedy: '' }),
  duplicate: ({ message }) => ({
    code: 'conflict',
    retryable: false,
    message: `BigQuery has it already: ${message}`,
    remedy: '',
  }),
}

/** Objects and datasets must be in one place. */
const elsewhere = (message: string): Explained | null => {
  const [, source, destination] = /different locations: source: ([\w-]+), destination: ([\w-]+)/i.exec(message) ?? []
  if (source === undefined || destination === undefined) return null
  return {
    code: 'invalid',
    retryable: false,
    message: `What is read is in ${source}, and the dataset is in ${destination}: BigQuery reads and writes in one location.`,
    remedy: `Use a bucket in ${destination}, or a dataset in ${source}.`,
  }
}

type ToCreate = Pick<Place, 'project' | 'dataset' | 'location'>

const commandFor = ({ project, dataset, location }: ToCreate): string =>
  `bq mk --location=${location ?? 'US'} --dataset ${project}:${dataset}`

/** Said beside the offer to create it. */
export const howToCreate = (place: ToCreate): string => `Is its name right? By hand: ${commandFor(place)}`

const explainMissing = ({ message }: GoogleAnswer, { project, dataset, location }: Place): Explained => {
  const found = { code: 'not-found', retryable: false } as const
  const [, kind, name = '', where] =
    /Not found: (Dataset|Table|Project|Job|URI|Model|Routine) (\S+?)(?: was not found in location (\S+?))?[.,;]?$/i.exec(
      message,
    ) ?? []
  if (kind === 'Dataset') {
    const there = where === undefined ? '' : ` in ${where}`
    const other = where === undefined ? '' : ' It may be in another location: correct the block’s.'
    return {
      ...found,
      message: `There is no dataset ${name.replace(':', '.')}${there}.${other}`,
      remedy: `Is its name right? The test of the block offers to create it (millrace block test … --create); or run: ${commandFor({ project, dataset, location: where ?? location })}`,
    }
  }
  if (kind === 'Table')
    return {
      ...found,
      message: `There is no table ${name.replace(':', '.')}${where === undefined ? '' : ` in ${where}`}.`,
      remedy: 'Is its name right, and was it loaded before?',
    }
  if (kind === 'URI')
    return {
      ...found,
      message: `There is no object ${name}.`,
      remedy: 'Is the name right? storage.list shows what is there.',
    }
  return { ...found, message: `BigQuery does not find it: ${message}`, remedy: `Is the project “${project}” right?` }
}
