import { createPublicKey, generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import { listenLocally, readBody } from './listen.ts'

/** A service account with a key made for this test, which signs nothing anywhere else. */
export type Account = {
  readonly email: string
  readonly project: string
  readonly keyId: string
  /** The JSON that Google gives out as a file, once. */
  readonly keyFile: string
  /** What becomes of its sign-ins. Tokens it has are good until they end. */
  become(state: 'good' | 'deleted' | 'disabled' | 'without-this-key'): void
}

/** Stands in for oauth2.googleapis.com: takes signed JWTs as it does, checks the signatures, and gives tokens. */
export type SignInServer = {
  /** For MILLRACE_GOOGLE_TOKEN_URI. */
  readonly tokenUri: string
  account(name?: string, project?: string): Account
  /** Whose token it is; null for those that it has not given or that have ended. */
  whose(token: string): string | null
  /** Ends all tokens, as an hour would. */
  endTokens(): void
  /** Milliseconds that its clock is ahead. */
  setClock(ahead: number): void
  /** The next so many requests are answered with this status. */
  fail(times: number, status: number): void
  readonly signIns: () => number
  close(): Promise<void>
}

type Held = { readonly email: string; readonly publicKey: KeyObject; state: Parameters<Account['become']>[0] }

const googleToken = 'https://oauth2.googleapis.com/token'

export const startSignIn = async (): Promise<SignInServer> => {
  const accounts = new Map<string, Held>()
  const tokens = new Map<string, { email: string; until: number }>()
  const state = { ahead: 0, failures: 0, failWith: 503, signIns: 0 }
  const now = () => Date.now() + state.ahead

  const give = (assertion: string): Answer => {
    const email = signerOf(assertion, accounts, now())
    if (typeof email !== 'string') return refusal(email.refused)
    const token = `test-token-${randomBytes(24).toString('base64url')}`
    tokens.set(token, { email, until: now() + 3_600_000 })
    state.signIns += 1
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
  }

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== 'POST') return { status: 404, body: { error: 'not_found' } }
    const form = new URLSearchParams((await readBody(request)).toString('utf8'))
    if (state.failures > 0) {
      state.failures -= 1
      return { status: state.failWith, body: { error: 'backend_error' } }
    }
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return refusal('Invalid grant_type.', 'unsupported_grant_type')
    return give(form.get('assertion') ?? '')
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (given) => send(response, given, now()),
      () => response.destroy(),
    )
  })
  const { url, close } = await listenLocally(server)
  return {
    tokenUri: `${url}/token`,
    account: (name = 'flows', project = 'test-project') => {
      const made = newAccount(`${name}@${project}.iam.gserviceaccount.com`, project)
      accounts.set(made.held.email, made.held)
      return made.account
    },
    whose: (token) => {
      const known = tokens.get(token)
      return known && known.until > now() ? known.email : null
    },
    endTokens: () => tokens.clear(),
    setClock: (ahead) => {
      state.ahead = ahead
    },
    fail: (times, status) => {
      state.failures = times
      state.failWith = status
    },
    signIns: () => state.signIns,
    close,
  }
}

const newAccount = (email: string, project: string): { account: Account; held: Held } => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const held: Held = { email, publicKey: createPublicKey(publicKey), state: 'good' }
  const keyId = randomBytes(20).toString('hex')
  const file = {
    type: 'service_account',
    project_id: project,
    private_key_id: keyId,
    private_key: privateKey,
    client_email: email,
    client_id: '100000000000000000000',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: googleToken,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    universe_domain: 'googleapis.com',
  }
  const become: Account['become'] = (state) => {
    held.state = state
  }
  return { account: { email, project, keyId, keyFile: JSON.stringify(file, null, 2), become }, held }
}

type Answer = { readonly status: number; readonly body: unknown }

const refusal = (description: string, error = 'invalid_grant'): Answer => ({
  status: 400,
  body: { error, error_description: description },
})

const send = (response: ServerResponse, { status, body }: Answer, now: number): void => {
  response.writeHead(status, { 'content-type': 'application/json', date: new Date(now).toUTCString() })
  response.end(JSON.stringify(body))
}

const Header = z.object({ alg: z.literal('RS256') })
const Claims = z.object({
  iss: z.string(),
  scope: z.string().min(1),
  aud: z.literal(googleToken),
  iat: z.number(),
  exp: z.number(),
})

/** Texts are Google's own. */
const signerOf = (
  assertion: string,
  accounts: ReadonlyMap<string, Held>,
  now: number,
): string | { refused: string } => {
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  if (!Header.safeParse(decoded(head)).success) return { refused: 'Invalid JWT: Failed verification' }
  const parsed = Claims.safeParse(decoded(claims))
  if (!parsed.success) return { refused: `Invalid JWT: ${parsed.error.issues[0]?.path.join('.')} is missing or wrong` }
  const { iss, iat, exp } = parsed.data
  const held = accounts.get(iss)
  if (!held || held.state === 'deleted') return { refused: 'Invalid grant: account not found' }
  if (held.state === 'disabled') return { refused: 'Invalid grant: account has been disabled' }
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    held.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned || held.state === 'without-this-key') return { refused: 'Invalid JWT Signature.' }
  if (Math.abs(iat * 1000 - now) > 300_000 || exp * 1000 < now || exp - iat > 3600)
    return {
      refused:
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    }
  return iss
}

const decoded = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
