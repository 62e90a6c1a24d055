import { createHash } from 'node:crypto'
import { endpointOfTask, urlBelow } from '#core/kinds/http/endpoint.ts'
import { headerValues } from '#core/kinds/http/header-values.ts'
import type { Headers, HttpRequest } from '#core/kinds/http/http.ts'
import { isSafe } from '#core/kinds/http/web-address.ts'
import type { TaskContext } from '#core/kinds/task-context.ts'
import { parseBlockReference } from '#core/model/block-reference.ts'
import { parseDuration } from '#core/model/duration.ts'
import { Refused } from '#core/model/failure.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { RequestSettings } from './settings.ts'

export type RequestContext = TaskContext<RequestSettings, unknown>

/** Everything that is sent, from the settings and what the endpoint adds. */
export const buildRequest = async (context: RequestContext): Promise<HttpRequest> => {
  const { config, blocks, files, log, signal } = context
  const endpoint = config.endpoint === undefined ? null : await endpointOfTask(blocks, config.endpoint)
  const secret = (reference: string) => blocks.secret(reference)
  const query = await withSecrets(config.query, secret)
  const url = withQuery(endpoint ? urlBelow(endpoint.base, config.url) : wholeUrl(config.url), query.values)
  const own = await headerValues(config.headers, secret)
  if ((own.secrets.length > 0 || query.hasSecrets) && !isSafe(url)) {
    const message = `Over http: anybody on the way to ${url.host} could read what is secret in it. Use https:.`
    throw new Refused({ code: 'denied', message })
  }
  const { content, type } = contentOf(config)
  const certificates = config.certificates === undefined ? endpoint?.certificates : files.resolve(config.certificates)
  return {
    method: config.method,
    url,
    headers: withDefaults(type === null ? {} : { 'content-type': type }, plain(config.headers, own.headers)),
    credentials: {
      origin: url.origin,
      headers: withDefaults(endpoint?.credentials.headers ?? {}, {
        ...secretOnes(config.headers, own.headers),
        ...keyOf(context, own.headers),
      }),
    },
    body: content,
    unpacks: true,
    idleTimeout: milliseconds('idle_timeout', config.idle_timeout),
    timeLimit: milliseconds('time_limit', config.time_limit),
    redirects: config.max_redirects,
    redirected: (to) => log.debug(`Redirected to ${to}`),
    certificates,
    settings: { certificates: 'certificates', idleTimeout: 'idle_timeout', timeLimit: 'time_limit' },
    signal,
  }
}

const wholeUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  const message = `“${text}” is no web address. Write a whole URL, or name an endpoint and give a path below it.`
  throw new Refused({ code: 'invalid', message })
}

type Query = Readonly<Record<string, JsonValue>>

/** Some services want their key in the URL. */
const withSecrets = async (
  query: Query,
  secret: (reference: string) => Promise<string>,
): Promise<{ readonly values: Query; readonly hasSecrets: boolean }> => {
  const values: Record<string, JsonValue> = {}
  let hasSecrets = false
  for (const [name, value] of Object.entries(query)) {
    const isSecret = typeof value === 'string' && parseBlockReference(value) !== null
    values[name] = isSecret ? (await secret(value)).trim() : value
    hasSecrets ||= isSecret
  }
  return { values, hasSecrets }
}

const withQuery = (url: URL, query: Readonly<Record<string, JsonValue>>): URL => {
  const whole = new URL(url)
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) {
      if (each === null) continue
      if (typeof each === 'object') {
        const message = `query.${name} is an object, which a URL cannot carry. Give a text, a number or a list of these.`
        throw new Refused({ code: 'invalid', message })
      }
      whole.searchParams.append(name, String(each))
    }
  }
  return whole
}

const contentOf = ({ json, body }: RequestSettings): { content: string | undefined; type: string | null } => {
  if (json !== undefined) return { content: JSON.stringify(json), type: 'application/json' }
  return { content: body, type: body === undefined ? null : 'text/plain; charset=utf-8' }
}

/** By names in lower case; what is given wins. */
const withDefaults = (defaults: Headers, given: Headers): Headers => ({ ...lower(defaults), ...lower(given) })

const lower = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Those whose value was a block's, which go to no other host. */
const secretOnes = (written: Headers, values: Headers): Headers =>
  Object.fromEntries(Object.entries(values).filter(([name]) => written[name] !== values[name]))

const plain = (written: Headers, values: Headers): Headers => ({
  'user-agent': 'Millrace',
  accept: '*/*',
  ...lower(Object.fromEntries(Object.entries(values).filter(([name]) => written[name] === values[name]))),
})

/** The same at every try, so that a server that knows it does it once. */
const keyOf = ({ config, run }: RequestContext, given: Headers): Headers => {
  const isGiven = Object.keys(given).some((name) => name.toLowerCase() === 'idempotency-key')
  if (isGiven || (config.method !== 'POST' && config.method !== 'PATCH')) return {}
  return { 'idempotency-key': createHash('sha256').update(run.loadId).digest('hex') }
}

const milliseconds = (name: string, text: string | number): number => {
  const duration = parseDuration(text)
  if (duration !== null && duration > 0) return duration
  throw new Refused({ code: 'invalid', message: `${name}: “${text}” is no time to wait. Write for example 60s.` })
}
