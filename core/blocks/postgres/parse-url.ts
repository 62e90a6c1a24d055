import type { SecretFacts } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'
import { tlsModes, type TlsMode } from './settings.ts'

export type UrlParts = {
  readonly host: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly schema?: string
  readonly tls?: TlsMode
  readonly ca?: string
  /** Milliseconds. */
  readonly connectTimeout?: number
  readonly options?: Readonly<Record<string, string>>
}

/** `postgres://…`, `postgresql://…`, and what SQLAlchemy writes: `postgresql+psycopg2://…`. The text is secret: no error repeats it. */
export const parseUrl = (text: string): UrlParts => {
  const [, rest] = /^(?:postgres|postgresql)(?:\+\w+)?:\/\/(.*)$/s.exec(text.trim()) ?? []
  if (rest === undefined) throw refuse('It does not begin with postgresql:// or postgres://.')
  const [, userInfo, place = '', database = '', query = ''] =
    /^(?:([^/?]*)@)?([^/?@]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? []
  if (/[^/?]*\/[^?]*@/.test(rest)) throw refuse('Write / within the password as %2F, and @ as %40.')
  if (place.includes(',')) throw refuse('It names several hosts; Millrace connects to one.')
  const found = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(place)
  if (!found) throw refuse('After the host comes : and the number of the port, or nothing.')
  const [, bracketed, plain = '', port] = found
  const host = decode(bracketed ?? plain)
  const parameters = new URLSearchParams(query)
  const named = (name: string) => parameters.get(name) ?? undefined
  const [user, password] = userInfo === undefined ? [] : partsOf(userInfo)
  const places = {
    host: named('host') ?? (host === '' ? 'localhost' : host),
    port: named('port') === undefined ? (port === undefined ? undefined : Number(port)) : Number(named('port')),
    database: named('dbname') ?? (database === '' ? undefined : decode(database)),
    user: named('user') ?? user,
    password: named('password') ?? password,
  }
  return { ...present(places), host: places.host, ...sessionOf(parameters) }
}

/** What people may see of a URL: all but its password. */
export const factsOfUrl = (text: string): SecretFacts => {
  const { host, port, database, user } = parseUrl(text)
  const place = port === undefined ? host : `${host}:${port}`
  const shown = {
    Host: place,
    ...(database !== undefined && { Database: database }),
    ...(user !== undefined && { User: user }),
  }
  return { shown, expiresAt: null }
}

const partsOf = (userInfo: string): [string | undefined, string | undefined] => {
  const colon = userInfo.indexOf(':')
  if (colon === -1) return [decode(userInfo), undefined]
  return [decode(userInfo.slice(0, colon)), decode(userInfo.slice(colon + 1))]
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw refuse('A % in it is not followed by two digits; write % itself as %25.', cause)
  }
}

const refuse = (what: string, cause?: unknown): Refused =>
  new Refused(
    {
      code: 'invalid',
      message: `The secret “url” is no URL of a PostgreSQL database. ${what} Write postgresql://user:password@host:5432/database.`,
    },
    { cause },
  )

const present = <T extends Readonly<Record<string, unknown>>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>
  }

/** Of the URL itself, or of no meaning here. */
const handled = new Set(['host', 'port', 'dbname', 'user', 'password', 'sslmode', 'ssl', 'sslrootcert', 'connect_timeout', 'schema', 'options', 'channel_binding', 'gssencmode', 'target_session_attrs', 'keepalives']) // prettier-ignore

const sessionOf = (parameters: URLSearchParams): Omit<UrlParts, 'host'> => {
  const tls = tlsOf(parameters.get('sslmode'), parameters.get('ssl'))
  const timeout = parameters.get('connect_timeout')
  const others = [...parameters].filter(([name]) => !handled.has(name))
  return present({
    tls,
    ca: rootOf(parameters.get('sslrootcert')),
    schema: parameters.get('schema') ?? undefined,
    connectTimeout: timeout === null || !(Number(timeout) > 0) ? undefined : Number(timeout) * 1000,
    options: { ...Object.fromEntries(others), ...commandLineOptions(parameters.get('options')) },
  })
}

/** `system` stands for the authorities that the system trusts. */
const rootOf = (text: string | null): string | undefined => (text === null || text === 'system' ? undefined : text)

const tlsOf = (mode: string | null, ssl: string | null): TlsMode | undefined => {
  if (mode === null) return ssl === 'true' || ssl === '1' ? 'require' : undefined
  if (mode === 'allow') return 'prefer'
  const known = tlsModes.find((each) => each === mode)
  if (known) return known
  throw refuse(`Its sslmode is none of ${tlsModes.join(', ')}.`)
}

/** `-c search_path=taxi -c statement_timeout=5min`. */
const commandLineOptions = (text: string | null): Record<string, string> =>
  Object.fromEntries(
    [...(text ?? '').matchAll(/(?:-c\s*|--)([\w.]+)=((?:\\.|\S)+)/g)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\\(.)/g, '$1'),
    ]),
  )
