import type { AuthClient } from 'google-auth-library'
import { Refused } from '#core/model/failure.ts'
import type { GoogleCredentials } from './credentials.ts'
import { googleEndpoints, type GoogleEndpoints } from './environment.ts'
import { signInRefused } from './explain-sign-in.ts'

/** A way to sign in at Google. Nothing is asked of Google before something is needed of it. */
export type GoogleSignIn = {
  /** For the option `authClient` of Google's clients. */
  readonly authClient: AuthClient
  readonly endpoints: GoogleEndpoints
  /** Of the block's settings, else of the key, else of this machine; null where nobody says. */
  readonly project: string | null
  /** Who it is, for people: an e-mail address where one is known. */
  readonly identity: string
  /** Of a request in this name: an access token that is valid for some minutes. Fails with Refused, in words for people. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>
}

/** Rights are given by IAM; the scope limits nothing. */
const scopes = ['https://www.googleapis.com/auth/cloud-platform']

const googleToken = 'https://oauth2.googleapis.com/token'

/**
 * With an emulator of the service and no local server to sign in at, requests carry no sign-in: a token of Google's is
 * never sent to anybody else.
 */
export const signIn = async (
  credentials: GoogleCredentials,
  service: 'storage' | 'bigquery' | null,
  endpoints: GoogleEndpoints = googleEndpoints(),
): Promise<GoogleSignIn> => {
  const isEmulated = service !== null && endpoints[service] !== null
  const found = await signInRefusals(credentials, () =>
    isEmulated && endpoints.token === null ? anonymous(credentials) : clientOf(credentials, endpoints),
  )
  const { authClient, project, identity } = found
  const headers = async (signal: AbortSignal) => {
    signal.throwIfAborted()
    const answer = await signInRefusals(credentials, () => abandoned(authClient.getRequestHeaders(), signal))
    return Object.fromEntries(answer)
  }
  return { authClient, endpoints, project, identity, headers }
}

/** Loaded when it is needed. It is CommonJS, of which a bundle knows no names. */
const library = async () => (await import('google-auth-library')).default

type Client = Pick<GoogleSignIn, 'authClient' | 'project' | 'identity'>

const anonymous = async ({ project }: GoogleCredentials): Promise<Client> => {
  const { PassThroughClient } = await library()
  return { authClient: new PassThroughClient(), project, identity: 'nobody (an emulator without sign-in)' }
}

const clientOf = async (credentials: GoogleCredentials, { token }: GoogleEndpoints): Promise<Client> => {
  const { GoogleAuth, JWT } = await library()
  const transporterOptions = token === null ? {} : { fetchImplementation: signingInAt(token) }
  if (credentials.source === 'key') {
    const { key, project } = credentials
    const { email, privateKey, keyId, universe } = key
    const authClient = new JWT({ email, key: privateKey, keyId, scopes, universeDomain: universe, transporterOptions })
    return { authClient, project, identity: email }
  }
  const auth = new GoogleAuth({ scopes, clientOptions: { transporterOptions } })
  const authClient = await auth.getClient()
  const project = credentials.project ?? (await auth.getProjectId().catch(() => null))
  const { client_email } = await auth.getCredentials().catch(() => ({ client_email: undefined }))
  return { authClient, project, identity: client_email ?? 'the application default credentials of this machine' }
}

/** Google's clients know one address to sign in at; a local server is reached by sending the request there. */
const signingInAt =
  (local: string): typeof fetch =>
  (input, init) =>
    fetch(String(input instanceof Request ? input.url : input) === googleToken ? local : input, init)

/** Google's clients take no signal: what they do goes on unheard. */
const abandoned = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(new Refused({ code: 'cancelled', message: 'The sign-in at Google was stopped.' }))
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })

const signInRefusals = async <T>(credentials: GoogleCredentials, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw signInRefused(error, credentials)
  }
}
