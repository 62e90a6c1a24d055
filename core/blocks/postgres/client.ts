import type { ConnectionOptions } from 'node:tls'
import type { Client, ClientConfig, FieldDef, QueryArrayResult, Submittable } from 'pg'
import { Refused } from '#core/model/failure.ts'
import { copyIn, type CopySink } from './copy-in.ts'
import { copyOut } from './copy-out.ts'
import { refusalOf } from './refusals.ts'
import { steadySocket } from './steady-socket.ts'
import type { PostgresTarget } from './target.ts'

export type Field = { readonly name: string; readonly oid: number; readonly modifier: number }

/** What one statement came to. Values are PostgreSQL's texts. */
export type Answer = {
  readonly command: string
  readonly rowCount: number | null
  readonly fields: readonly Field[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export type AnswerRow = Readonly<Record<string, string | null>>

/** A connection that is signed in. Everything it throws is Refused. */
export type Session = {
  /** One or more statements; an answer for each. */
  run(sql: string): Promise<readonly Answer[]>
  /** One statement with `$1`, `$2` …; its rows. */
  ask(sql: string, values?: readonly unknown[]): Promise<readonly AnswerRow[]>
  /** COPY FROM STDIN; how many rows. When `send` throws, the COPY fails and nothing of it stays. */
  copyIn(sql: string, send: (sink: CopySink) => Promise<void>): Promise<number>
  /** COPY TO STDOUT; how many rows. */
  copyOut(sql: string, receive: (bytes: Uint8Array) => Promise<void>): Promise<number>
}

/** Opened for as long as `use` runs. Once the signal is aborted the server stops what it does for us. */
export const withSession = async <T>(
  target: PostgresTarget,
  signal: AbortSignal,
  use: (session: Session) => Promise<T>,
): Promise<T> => {
  throwIfAborted(signal)
  const client = await connect(target, signal)
  const stop = () => void cancel(client, target)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await use(sessionOf(client, target, signal))
  } finally {
    signal.removeEventListener('abort', stop)
    await end(client)
  }
}

const cancelled = (): Refused =>
  new Refused({ code: 'cancelled', message: 'Stopped; nothing was changed in the database.' })

const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw cancelled()
}

const connect = async (target: PostgresTarget, signal: AbortSignal): Promise<Client> => {
  if (target.tls !== 'prefer') return connectOnce(target, target.tls !== 'disable', signal)
  try {
    return await connectOnce(target, true, signal)
  } catch (error) {
    if (!wantsNoEncryption(error)) throw error
    return connectOnce(target, false, signal)
  }
}

/** The server cannot encrypt, or lets this user in only without. */
const wantsNoEncryption = (error: unknown): boolean => {
  if (!(error instanceof Refused) || !(error.cause instanceof Error)) return false
  const { message } = error.cause
  return /does not support SSL/.test(message) || (/pg_hba/.test(message) && /SSL encryption|SSL on/.test(message))
}

export const tlsOptions = ({ tls, ca }: PostgresTarget): ConnectionOptions | false => {
  const trusted = ca === null ? {} : { ca }
  switch (tls) {
    case 'disable':
      return false
    case 'prefer':
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
      return { ...trusted, rejectUnauthorized: true, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...trusted, rejectUnauthorized: true }
    default:
      return tls satisfies never
  }
}

const configOf = (target: PostgresTarget, encrypted: boolean): ClientConfig => ({
  host: target.host,
  port: target.port,
  user: target.user,
  database: target.database,
  password: () => target.password ?? noPassword(target.user),
  ssl: encrypted ? tlsOptions(target) : false,
  connectionTimeoutMillis: target.connectTimeout,
  application_name: target.options['application_name'] ?? 'millrace',
  keepAlive: true,
  // TLS reads from the socket beneath in its own way.
  ...(!encrypted && { stream: steadySocket }),
})

const noPassword = (user: string): never => {
  throw new Refused({
    code: 'denied',
    message: `The server asks for the password of “${user}”, and none is set. Set the secret “password”.`,
  })
}

const connectOnce = async (target: PostgresTarget, encrypted: boolean, signal: AbortSignal): Promise<Client> => {
  const { default: pg } = await import('pg')
  const client = new pg.Client(configOf(target, encrypted))
  // What ends a connection shows in the statement that waits on it.
  client.on('error', () => undefined)
  const stop = () => client.connection.stream.destroy(new Error('stopped'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.connect()
    for (const [name, value] of Object.entries(target.options)) {
      if (name !== 'application_name') await client.query('SELECT set_config($1, $2, false)', [name, value])
    }
    return client
  } catch (error) {
    client.connection.stream.destroy()
    throwIfAborted(signal)
    throw refusalOf(error, target)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** How long the server may take to undo what it was doing before the connection is cut. */
const patience = 5000

const end = async (client: Client): Promise<void> => {
  const timer = setTimeout(() => client.connection.stream.destroy(), patience)
  await client.end().catch(() => undefined)
  clearTimeout(timer)
}

/** Has the server end the statement, and cuts the connection when that does not help. */
const cancel = async (client: Client, target: PostgresTarget): Promise<void> => {
  const timer = setTimeout(() => client.connection.stream.destroy(), patience)
  client.once('end', () => clearTimeout(timer))
  await cancelStatement(client, target)
}

/** Over a second connection, as the first one waits for its statement. */
const cancelStatement = async (client: Client, target: PostgresTarget): Promise<void> => {
  const process: unknown = Reflect.get(client, 'processID')
  try {
    const other = await connect(target, new AbortController().signal)
    try {
      await other.query('SELECT pg_cancel_backend($1)', [process])
    } finally {
      await end(other)
    }
  } catch {
    client.connection.stream.destroy()
  }
}

const asText = { getTypeParser: () => (value: string) => value } as NonNullable<ClientConfig['types']>

const sessionOf = (client: Client, target: PostgresTarget, signal: AbortSignal): Session => {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throwIfAborted(signal)
      throw refusalOf(error, target)
    }
  }
  const copied = (copy: { query: Submittable; ended: Promise<number> }) => {
    client.query(copy.query)
    return copy.ended
  }
  return {
    run: (sql) =>
      guarded(async () => {
        const results: unknown = await client.query({ text: sql, rowMode: 'array', types: asText })
        return (Array.isArray(results) ? results : [results]).map((result: QueryArrayResult<(string | null)[]>) => ({
          command: result.command,
          rowCount: result.rowCount,
          fields: result.fields.map(fieldOf),
          rows: result.rows,
        }))
      }),
    ask: (sql, values = []) =>
      guarded(async () => {
        const { rows } = await client.query<Record<string, string | null>>({
          text: sql,
          values: [...values],
          types: asText,
        })
        return rows
      }),
    copyIn: (sql, send) => guarded(() => copied(copyIn(sql, send))),
    copyOut: (sql, receive) => guarded(() => copied(copyOut(sql, receive, () => cancelStatement(client, target)))),
  }
}

const fieldOf = ({ name, dataTypeID, dataTypeModifier }: FieldDef): Field => ({
  name,
  oid: dataTypeID,
  modifier: dataTypeModifier,
})
