import type { GoogleAnswer } from '#core/google/answer.ts'
import type { Explained } from '#core/google/google-refused.ts'
import type { Place } from './explain.ts'

/** Who lacks which right on what, and how it is given. */
export const explainDenied = ({ status, message, reason }: GoogleAnswer, place: Place): Explained => {
  const { project, identity } = place
  const denied = { code: 'denied', retryable: false } as const
  if (status === 401)
    return {
      ...denied,
      message: `BigQuery does not accept the sign-in of ${identity}: ${message}`,
      remedy: 'Test the block with the credentials; make a new key where this one has ended.',
    }
  if (reason === 'accessNotConfigured' || /has not been used in project|API .*disabled/i.test(message))
    return {
      ...denied,
      message: `BigQuery’s API is switched off in the project “${project}”.`,
      remedy: `Switch it on: gcloud services enable bigquery.googleapis.com --project=${project}. It takes a minute.`,
    }
  const permission = /\b(bigquery|storage|resourcemanager)\.[\w.]+/.exec(message)?.[0]
  const [, resource = `project ${project}`] =
    /Access Denied: ((?:Project|Dataset|Table|Job|File) \S+?):?(?:\s|$)/i.exec(message) ?? []
  const what = resource.replace(/^\w+/, (kind) => kind.toLowerCase()).replace(/(?<= \S+):(?=\w)/, '.')
  if (permission === undefined)
    return {
      ...denied,
      message: `${identity} has no right for this: ${message}`,
      remedy: give('bigquery.dataEditor', place),
    }
  const maybe = /may not exist/.test(message) && permission !== 'bigquery.jobs.create' ? ' (it may also not exist)' : ''
  return {
    ...denied,
    message: `${identity} lacks ${permission} on ${what}${maybe}.`,
    remedy: give(roleFor(permission), place),
  }
}

const roleFor = (permission: string): string => {
  if (permission.startsWith('storage.')) return 'storage.objectViewer'
  if (permission === 'bigquery.jobs.create') return 'bigquery.jobUser'
  if (permission === 'bigquery.datasets.create') return 'bigquery.user'
  return /\.(getData|get|list|export)$/.test(permission) ? 'bigquery.dataViewer' : 'bigquery.dataEditor'
}

const give = (role: string, { project, identity }: Place): string => {
  const member = identity.includes('@')
    ? `${identity.endsWith('gserviceaccount.com') ? 'serviceAccount' : 'user'}:${identity}`
    : 'MEMBER'
  return `Whoever owns the project gives it by: gcloud projects add-iam-policy-binding ${project} --member=${member} --role=roles/${role}`
}
