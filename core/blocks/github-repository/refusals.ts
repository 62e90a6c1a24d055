import { Refused, type Failure } from '#core/model/failure.ts'
import type { GitAccess } from './git.ts'

type Rule = readonly [RegExp, (access: GitAccess) => Failure]

const denied = (message: string): Failure => ({ code: 'denied', retryable: false, message })
const missing = (message: string): Failure => ({ code: 'not-found', retryable: false, message })
const unreachable = (message: string): Failure => ({ code: 'unavailable', retryable: true, message })

const noAccess = ({ url, token }: GitAccess): Failure =>
  token === null
    ? denied(
        `${url.host} asks who you are: the repository ${url.href} is private, or its name is wrong. Set an access token.`,
      )
    : denied(
        `${url.host} does not take the access token for ${url.href}. Is it still valid, and may it read the contents of this repository?`,
      )

const rules: readonly Rule[] = [
  [/could not read Username|Authentication failed|error: 40[13]|HTTP Basic: Access denied/i, noAccess],
  [
    /returned error: 30[1278]/,
    ({ url }) => missing(`${url.href} has moved, and a token is not sent on. Set its new address.`),
  ],
  [
    /repository .*not found|returned error: 404|does not appear to be a git repository|does not exist/i,
    ({ url, token }) =>
      missing(
        `There is no repository ${url.href}${token === null ? ', or it is private: then set an access token' : ' that this token may see'}.`,
      ),
  ],
  [
    /returned error: 429/,
    ({ url }) => ({ code: 'limit', retryable: true, message: `${url.host} wants fewer requests. Try again later.` }),
  ],
  [
    /Could not resolve host/i,
    ({ url }) =>
      unreachable(`The host ${url.host} is not known (DNS). Is it spelled right, and is this machine online?`),
  ],
  [
    /Failed to connect|Connection refused|couldn.t connect/i,
    ({ url }) => unreachable(`${url.host} refused the connection.`),
  ],
  [
    /certificate|SSL/i,
    ({ url }) =>
      denied(
        `The certificate of ${url.host} is not trusted here. Name its authority in “certificates” if you trust it.`,
      ),
  ],
  [
    /Operation too slow|timed out/i,
    ({ url }) => unreachable(`${url.host} sent almost nothing for 30 s. Try again later.`),
  ],
  [
    /not our ref|unadvertised object|remote error: upload-pack/i,
    ({ url }) => missing(`${url.href} has no such commit (any more).`),
  ],
  [
    /No space left/i,
    () => ({
      code: 'limit',
      retryable: true,
      message: 'The disk is full: the repository could not be fetched. Make room.',
    }),
  ],
  [
    /early EOF|hung up unexpectedly|RPC failed|returned error: 5/i,
    ({ url }) => unreachable(`${url.host} broke off while the repository was fetched.`),
  ],
]

/** What git says on stderr, for people; its own words are in the detail. */
export const refusalOf = (errors: string, access: GitAccess): Refused => {
  const said = errors.trim().split('\n').slice(-6).join('\n')
  const detail = said === '' ? {} : { detail: said }
  for (const [pattern, told] of rules) if (pattern.test(errors)) return new Refused({ ...told(access), ...detail })
  const last = said.split('\n').at(-1) ?? ''
  const message = `git could not read ${access.url.href}: ${last === '' ? 'it said nothing' : last}`
  return new Refused({ code: 'unavailable', retryable: true, message, ...detail })
}
