import { Refused } from '#core/model/failure.ts'

/** Where Google's services are, when they are not Google's: local servers for tests and trials. */
export type GoogleEndpoints = {
  /** Of a storage emulator, without a slash at the end, or null for Google's own. */
  readonly storage: string | null
  readonly bigquery: string | null
  /** Of a local server that signs in as Google's does, or null for Google's own. */
  readonly token: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** The names that Google's own clients and tools use, and ours for signing in. */
export const storageEmulator = 'STORAGE_EMULATOR_HOST'
const bigqueryEmulator = 'BIGQUERY_EMULATOR_HOST'
const localTokenUri = 'MILLRACE_GOOGLE_TOKEN_URI'

const names = [
  storageEmulator,
  bigqueryEmulator,
  localTokenUri,
  // Where application default credentials are found: paths, no secrets.
  'GOOGLE_APPLICATION_CREDENTIALS',
  'CLOUDSDK_CONFIG',
  'GOOGLE_CLOUD_PROJECT',
  'GCE_METADATA_HOST',
]

/** What worker processes need of an engine's environment to reach Google, or what stands in for it. */
export const googleEnvironment = (source: Environment): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = source[name]
    if (value !== undefined && value !== '') found[name] = value
  }
  return found
}

export const googleEndpoints = (environment: Environment = process.env): GoogleEndpoints => {
  const token = urlIn(environment, localTokenUri)
  if (token !== null && !isLocal(token)) {
    const message = `${localTokenUri} is ${token}, which is not on this machine. It is for local test servers only: give http://127.0.0.1:PORT/token, or unset it to sign in at Google.`
    throw new Refused({ code: 'invalid', message })
  }
  return { storage: urlIn(environment, storageEmulator), bigquery: urlIn(environment, bigqueryEmulator), token }
}

const urlIn = (environment: Environment, name: string): string | null => {
  const given = environment[name]
  if (given === undefined || given === '') return null
  const url = given.includes('://') ? given : `http://${given}`
  if (URL.canParse(url) && /^https?:/.test(url)) return url.replace(/\/+$/, '')
  throw new Refused({
    code: 'invalid',
    message: `${name} is “${given}”, which is no address. Give http://HOST:PORT, or unset it.`,
  })
}

const isLocal = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}
