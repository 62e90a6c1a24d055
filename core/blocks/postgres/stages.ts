import { staged, type Staged, type Told } from '#core/kinds/staged.ts'
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { BlockContext } from '#core/kinds/block-type.ts'
import type { TestStage } from '#core/model/block.ts'
import { failureOf } from '#core/model/failure.ts'
import { tlsOptions, withSession, type AnswerRow } from './client.ts'
import { PostgresRefused, refusalOf } from './refusals.ts'
import type { PostgresSettings } from './settings.ts'
import { locationOf, targetOf, type PostgresTarget } from './target.ts'

/** One after the other, up to the first that fails. */
export async function* testStages(context: BlockContext<PostgresSettings>): AsyncGenerator<TestStage> {
  const settings = await tried('Settings', () => targetOf(context), locationOf)
  if (!settings.stage.ok) yield settings.stage
  if (!settings.value) return
  const target = settings.value
  const { signal } = context
  const reached = await tried(
    'Reach the server',
    () => guarded(target, () => reach(target, signal)),
    () => `${target.host}:${target.port} answers.`,
  )
  yield reached.stage
  if (!reached.value) return
  const encrypted = await encryption(target, reached.value)
  yield encrypted.stage
  if (!encrypted.stage.ok) return
  yield* signInStages(target, signal)
}

const tried = <T>(stage: string, work: () => Promise<T>, message: (value: T) => string): Promise<Staged<T>> =>
  staged(stage, work, message, toldOf)

const toldOf = (error: unknown): Told => {
  if (!(error instanceof PostgresRefused)) return { message: failureOf(error).message }
  const { message, remedy } = error.explained
  return remedy === '' ? { message } : { message, remedy }
}

const guarded = async <T>(target: PostgresTarget, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw refusalOf(error, target)
  }
}

const reach = async ({ host, port, connectTimeout }: PostgresTarget, signal: AbortSignal): Promise<Socket> => {
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  const late = setTimeout(() => socket.destroy(new Error('timeout expired')), connectTimeout)
  try {
    await once(socket, 'connect', { signal })
    // Whatever happens to it later shows where it is used.
    socket.on('error', () => undefined)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(late)
  }
}

const encryption = async (target: PostgresTarget, socket: Socket): Promise<Staged<string>> => {
  const late = setTimeout(() => socket.destroy(new Error('timeout expired')), target.connectTimeout)
  try {
    return await tried(
      'Encrypt',
      () => guarded(target, () => encrypt(target, socket)),
      (said) => said,
    )
  } finally {
    clearTimeout(late)
    socket.destroy()
  }
}

/** What a client sends to ask for TLS; the server answers S or N. */
const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

const encrypt = async (target: PostgresTarget, socket: Socket): Promise<string> => {
  const options = tlsOptions(target)
  if (options === false) return 'Not encrypted, as the settings say.'
  socket.write(request)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer.toString('latin1', 0, 1) !== 'S') {
    if (target.tls === 'prefer') return 'Not encrypted: the server does not offer it.'
    throw new Error('The server does not support SSL connections')
  }
  const name = isIP(target.host) === 0 ? { servername: target.host } : {}
  const secure: TLSSocket = connectTls({ ...options, ...name, socket, host: target.host })
  await once(secure, 'secureConnect')
  const checked = { disable: '', prefer: '', require: '', 'verify-ca': ', by a trusted authority', 'verify-full': ', by a trusted authority and for this host' } // prettier-ignore
  const protocol = secure.getProtocol() ?? 'TLS'
  secure.destroy()
  return `Encrypted with ${protocol}${checked[target.tls]}.`
}

async function* signInStages(target: PostgresTarget, signal: AbortSignal): AsyncGenerator<TestStage> {
  const { user, database, schema } = target
  const signedIn = await tried(
    'Sign in',
    () => withSession(target, signal, (session) => session.ask(rightsSql, [schema])),
    () => `As “${user}”.`,
  )
  const { stage, value } = signedIn
  // The server looks for the database only after it has let the user in.
  const isDatabaseMissing = !stage.ok && stage.message.startsWith('There is no database')
  if (!stage.ok && !isDatabaseMissing) {
    yield stage
    return
  }
  yield { stage: stage.stage, ok: true, duration: stage.duration, message: `As “${user}”.` }
  if (isDatabaseMissing) {
    yield { ...stage, stage: 'Open the database', duration: 0 }
    return
  }
  const [facts = {}] = value ?? []
  yield {
    stage: 'Open the database',
    ok: true,
    duration: 0,
    message: `“${database}” of PostgreSQL ${facts['version']}.`,
  }
  yield { stage: 'Use the schema', duration: 0, ...rightsOf(facts, target) }
}

const rightsSql = `SELECT current_setting('server_version') AS version, (n.oid IS NOT NULL)::text AS there,
    coalesce(has_schema_privilege(n.oid, 'USAGE'), false)::text AS usable, coalesce(has_schema_privilege(n.oid, 'CREATE'), false)::text AS creatable,
    has_database_privilege(current_database(), 'CREATE')::text AS schemas, current_setting('transaction_read_only') AS reads_only
  FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = $1`

const rightsOf = (facts: AnswerRow, { schema, user }: PostgresTarget): Pick<TestStage, 'ok' | 'message' | 'remedy'> => {
  if (facts['reads_only'] === 'on' && facts['usable'] === 'true') {
    return {
      ok: true,
      message: `“${schema}” can be read; nothing can be written, as this user or server is for reading only.`,
      remedy: 'To load rows, sign in as one that may write, or name the primary server.',
    }
  }
  if (facts['there'] !== 'true') {
    if (facts['schemas'] === 'true')
      return { ok: true, message: `“${schema}” is not there yet; the first load makes it.` }
    return {
      ok: false,
      message: `There is no schema “${schema}”, and “${user}” has no right to make one.`,
      remedy: 'Create it, correct its name, or ask for the right.',
    }
  }
  if (facts['usable'] !== 'true') {
    return {
      ok: false,
      message: `“${user}” has no right to use the schema “${schema}”.`,
      remedy: `Let its owner run: GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${user}".`,
    }
  }
  if (facts['creatable'] !== 'true') {
    return {
      ok: true,
      message: `“${schema}” can be used, but “${user}” has no right to make tables there: rows can only go into tables that exist, with replace or merge.`,
      remedy: `To append, let its owner run: GRANT CREATE ON SCHEMA "${schema}" TO "${user}".`,
    }
  }
  return { ok: true, message: `Tables can be made in “${schema}”.` }
}
