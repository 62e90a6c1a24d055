import { answerOf, type GoogleAnswer } from '#core/google/answer.ts'
import { explainNetwork } from '#core/google/explain-network.ts'
import { GoogleRefused, type Explained } from '#core/google/google-refused.ts'
import { Refused } from '#core/model/failure.ts'
import type { GcsTarget } from './target.ts'

/** What was asked for, in the words of a message: `upload “data/x.parquet”`. */
export const refusalOf = (error: unknown, target: GcsTarget, asked: string): unknown => {
  if (error instanceof Refused) return error
  const answer = answerOf(error)
  // A mistake of ours stays what it is.
  if (answer.status === null && answer.network === null) return error
  return new GoogleRefused(explain(answer, target, asked), answer)
}

const explain = (answer: GoogleAnswer, target: GcsTarget, asked: string): Explained =>
  explainStatus(answer, target) ??
  explainNetwork(answer, 'Google Cloud Storage') ?? {
    code: 'invalid',
    retryable: false,
    message: `Google Cloud Storage refused to ${asked}: ${answer.message || answer.reason || `HTTP ${answer.status}`}.`,
    remedy: '',
  }

const explainStatus = (answer: GoogleAnswer, target: GcsTarget): Explained | null => {
  switch (answer.status) {
    case 401:
      return answer.reason === 'required' ? lacking(answer, target) : signedOut(target)
    case 403:
      return explainDenied(answer, target)
    case 404:
      return /bucket does not exist/i.test(answer.message) ? noBucket(target) : null
    case 409:
      return explainTaken(answer, target)
    default:
      return null
  }
}

const signedOut = ({ google }: GcsTarget): Explained => ({
  code: 'denied',
  retryable: true,
  message: `Google took the sign-in of ${google.identity} no longer.`,
  remedy: 'Try again; if it stays like this, test the credentials block.',
})

const commandFor = ({ bucket, bucketLocation, google }: GcsTarget): string =>
  `gcloud storage buckets create gs://${bucket} --location=${bucketLocation}${google.project === null ? '' : ` --project=${google.project}`}`

/** Said beside the offer to create it. */
export const howToCreate = (target: GcsTarget): string => `Is its name right? By hand: ${commandFor(target)}`

export const noBucket = (target: GcsTarget): Explained => ({
  code: 'not-found',
  retryable: false,
  message: `There is no bucket “${target.bucket}”.`,
  remedy:
    `Is its name right? The test of the block offers to create it (millrace block test … --create); or run: ` +
    commandFor(target),
})

const explainDenied = (answer: GoogleAnswer, target: GcsTarget): Explained => {
  const denied = { code: 'denied', retryable: false } as const
  const { message } = answer
  if (/has not been used in project|accessNotConfigured|SERVICE_DISABLED/i.test(`${message} ${answer.reason}`))
    return {
      ...denied,
      message: 'The Cloud Storage API is switched off in the project.',
      remedy: `Run: gcloud services enable storage.googleapis.com${project(target)}`,
    }
  if (/billing/i.test(message))
    return {
      ...denied,
      message: `The project has no billing account that pays: ${message}`,
      remedy: 'See console.cloud.google.com/billing/projects.',
    }
  if (/retention|hold/i.test(`${answer.reason} ${message}`) && !/does not have/.test(message))
    return {
      ...denied,
      message: `A retention policy or a hold of the bucket “${target.bucket}” forbids it: ${message}`,
      remedy: 'Choose other names, or ask who owns the bucket.',
    }
  if (/rateLimit/i.test(answer.reason))
    return {
      ...denied,
      code: 'unavailable',
      retryable: true,
      message: 'Google Cloud Storage refuses more requests for now.',
      remedy: 'Try again later, or do less at once.',
    }
  return lacking(answer, target)
}

/** The smallest usual role with a permission. */
const roles: Readonly<Record<string, string>> = {
  'storage.buckets.create': 'roles/storage.admin',
  'storage.buckets.get': 'roles/storage.bucketViewer',
  'storage.objects.create': 'roles/storage.objectUser',
  'storage.objects.delete': 'roles/storage.objectUser',
  'storage.objects.get': 'roles/storage.objectViewer',
  'storage.objects.list': 'roles/storage.objectViewer',
}

const lacking = ({ message }: GoogleAnswer, target: GcsTarget): Explained => {
  const permission = /(?:does not have |Permission ')(storage\.[\w.]+)/.exec(message)?.[1]
  if (permission === undefined)
    return {
      code: 'denied',
      retryable: false,
      message: `${target.google.identity} may not do that: ${message}`,
      remedy: rightsPage(target),
    }
  return lackingRight(permission, target)
}

export const lackingRight = (permission: string, target: GcsTarget): Explained => {
  const { google, bucket } = target
  const role = roles[permission] ?? 'roles/storage.objectUser'
  const isProject = permission === 'storage.buckets.create'
  const where = isProject ? `the project ${google.project ?? 'of the bucket'}` : `the bucket “${bucket}”`
  const command = isProject
    ? `gcloud projects add-iam-policy-binding ${google.project ?? 'PROJECT'}`
    : `gcloud storage buckets add-iam-policy-binding gs://${bucket}`
  return {
    code: 'denied',
    retryable: false,
    message: `${google.identity} lacks the right ${permission} on ${where}${isProject ? '' : ', or the bucket is not there'}.`,
    remedy: `Let its owner run: ${command} --member=${memberOf(google.identity)} --role=${role}; or ${rightsPage(target)}`,
  }
}

const memberOf = (identity: string): string => {
  if (!identity.includes('@')) return 'user:YOUR-EMAIL'
  return `${identity.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${identity}`
}

const rightsPage = ({ bucket }: GcsTarget): string =>
  `give it on the page https://console.cloud.google.com/storage/browser/${bucket};tab=permissions`

const project = ({ google }: GcsTarget): string => (google.project === null ? '' : ` --project=${google.project}`)

const explainTaken = ({ message }: GoogleAnswer, { bucket }: GcsTarget): Explained | null => {
  if (!/bucket/i.test(message)) return null
  return {
    code: 'conflict',
    retryable: false,
    message: `The bucket name “${bucket}” is taken by another customer of Google’s.`,
    remedy: 'Names of buckets are shared by everybody: choose one with your project’s id in it.',
  }
}

/** Somebody else wrote the object between the moment this upload looked at it and its end. */
export const overtaken = (name: string, answer: GoogleAnswer): GoogleRefused =>
  new GoogleRefused(
    {
      code: 'conflict',
      retryable: true,
      message: `“${name}” was changed by somebody else while it was uploaded, so it was left as they made it.`,
      remedy: 'Run the task again to put this file in its place.',
    },
    answer,
  )

export const isMissing = (answer: GoogleAnswer): boolean =>
  answer.status === 404 && !/bucket does not exist/i.test(answer.message)
