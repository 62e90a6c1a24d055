import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { BlockContext } from '#core/kinds/block-type.ts'
import { parseDuration } from '#core/model/duration.ts'
import { secretIfSet } from '#core/kinds/secret-if-set.ts'
import { inUserFolder } from '#core/kinds/user-folder.ts'
import { Refused } from '#core/model/failure.ts'
import { parseUrl } from './parse-url.ts'
import type { PostgresSettings, TlsMode } from './settings.ts'

/** Everything needed to connect. Only `password` is secret. */
export type PostgresTarget = {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | null
  readonly schema: string
  readonly tls: TlsMode
  /** PEM, or null for those of the system. */
  readonly ca: string | null
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly options: Readonly<Record<string, string>>
}

export const targetOf = async ({ settings, secret, home }: BlockContext<PostgresSettings>): Promise<PostgresTarget> => {
  const password = () => secretIfSet(secret, 'password')
  const given = settings.host === undefined ? parseUrl(await urlOf(secret)) : { host: settings.host }
  const {
    host,
    database = settings.database,
    user = settings.user,
  } = { user: undefined, database: undefined, ...given }
  if (user === undefined) throw missing('user', 'Give the name to sign in with.')
  const timeout = given.connectTimeout ?? parseDuration(settings.connect_timeout)
  const ca = given.ca ?? settings.ca ?? null
  return {
    host,
    user,
    // As PostgreSQL's own programs do.
    database: database ?? user,
    port: given.port ?? settings.port,
    password: given.password ?? (await password()),
    schema: given.schema ?? settings.schema,
    tls: given.tls ?? settings.tls,
    ca: ca === null ? null : await certificateOf(ca, home),
    connectTimeout: timeout ?? 10_000,
    options: { ...settings.options, ...given.options },
  }
}

/** `postgresql://host:port/database`: for logs and the catalogue. */
export const locationOf = ({ host, port, database }: PostgresTarget): string => {
  const name = host.includes(':') ? `[${host}]` : host.startsWith('/') ? encodeURIComponent(host) : host
  return `postgresql://${name}:${port}/${encodeURIComponent(database)}`
}

const missing = (setting: string, message: string): Refused =>
  new Refused({ code: 'invalid', message: `The setting “${setting}” is missing. ${message}` })

const urlOf = async (secret: BlockContext<PostgresSettings>['secret']): Promise<string> => {
  const url = await secretIfSet(secret, 'url')
  if (url !== null) return url
  throw missing('host', 'Give the host, database and user of the server, or set the secret “url”.')
}

const certificateOf = async (given: string, home: string): Promise<string> => {
  if (given.includes('-----BEGIN')) return given
  const path = resolve(home, inUserFolder(given.trim(), homedir()))
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const message = `The certificate authority “${path}” cannot be read. Give the path of a PEM file, or its text.`
    throw new Refused({ code: 'not-found', message }, { cause })
  }
}
