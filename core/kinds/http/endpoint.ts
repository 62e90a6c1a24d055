import { z } from 'zod'
import { Refused } from '#core/model/failure.ts'
import { field } from '../field.ts'
import { checkHeaders, headersHelp, headerValues } from './header-values.ts'
import type { Credentials } from './http.ts'
import { isSafe } from './web-address.ts'

const fields = z.object({
  base_url: field.url({
    title: 'Base URL',
    help: 'Paths are below it. Headers and sign-in go to this host only.',
    placeholder: 'https://api.example.org/v1',
    key: true,
  }),
  auth: field
    .choice(['none', 'bearer', 'basic'], {
      title: 'Sign-in',
      help: 'bearer sends the token, basic user and password. A key in another header: see Headers.',
    })
    .default('none'),
  user: field.text({ title: 'User', help: 'For basic.' }).min(1).optional(),
  headers: field.map(z.string(), { title: 'Headers', help: headersHelp }).default({}),
  certificates: field
    .multiline({
      title: 'Certificates',
      help: 'Further authorities to trust, as company networks need: PEM text, or the full path of a file with it.',
    })
    .min(1)
    .optional(),
})

/** For `superRefine`: what would be refused at the first use is refused when it is saved. */
const checkEndpoint = ({ base_url, auth, user }: z.output<typeof fields>, context: z.core.$RefinementCtx): void => {
  const why = whyNoBase(base_url)
  if (why !== null) context.addIssue({ code: 'custom', path: ['base_url'], message: `It ${why}`, input: base_url })
  if (auth === 'basic' && user === undefined)
    context.addIssue({ code: 'custom', path: ['user'], message: 'basic signs in with a user', input: user })
}

export const endpointSettings = fields.superRefine(checkEndpoint).superRefine(checkHeaders)
export type EndpointSettings = z.output<typeof endpointSettings>

/** Where an endpoint is, and what only it may see. */
export type Endpoint = {
  readonly base: URL
  readonly credentials: Credentials
  readonly certificates: string | undefined
}

type Secrets = {
  /** One of its own fields. */
  own(field: string): Promise<string>
  /** One of another block, `block:secret/x`. */
  other(reference: string): Promise<string>
}

export const endpointOf = async (settings: EndpointSettings, secrets: Secrets): Promise<Endpoint> => {
  const base = baseOf(settings.base_url)
  const { headers, secrets: secretHeaders } = await headerValues(settings.headers, secrets.other)
  const authorization = await authorizationOf(settings, secrets)
  if ((authorization !== null || secretHeaders.length > 0) && !isSafe(base)) {
    const message = `Over http: anybody on the way to ${base.host} could read what is secret. Give a base URL that begins with https:.`
    throw new Refused({ code: 'denied', message })
  }
  const all = { ...headers, ...(authorization !== null && { authorization }) }
  return { base, credentials: { origin: base.origin, headers: all }, certificates: settings.certificates }
}

/** Null where it does. Says nothing of the text, in which a password may stand. */
const whyNoBase = (text: string): string | null => {
  const base = URL.canParse(text) ? new URL(text) : null
  if (base?.protocol !== 'https:' && base?.protocol !== 'http:') return 'is no web address. One begins with https://.'
  if (base.username !== '' || base.password !== '')
    return 'holds a user or a password. Set these as fields of their own.'
  if (base.search !== '' || base.hash !== '') return 'has a query or a fragment. Give these with each request.'
  return null
}

const baseOf = (text: string): URL => {
  const why = whyNoBase(text)
  if (why !== null) throw new Refused({ code: 'invalid', message: `The base URL ${why}` })
  const base = new URL(text)
  base.pathname = base.pathname.replace(/\/*$/, '/')
  return base
}

const authorizationOf = async ({ auth, user }: EndpointSettings, { own }: Secrets): Promise<string | null> => {
  switch (auth) {
    case 'none':
      return null
    case 'bearer':
      return `Bearer ${(await own('token')).trim()}`
    case 'basic':
      if (user !== undefined) return `Basic ${base64(`${user}:${await own('password')}`)}`
      throw new Refused({
        code: 'invalid',
        message: 'The endpoint signs in with basic, and no user is set. Set “user”.',
      })
    default:
      return auth satisfies never
  }
}

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

/** A path, with or without a slash before it, below the base URL and nowhere else. */
export const urlBelow = (base: URL, path: string): URL => {
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(path)
  const text = isWhole ? path : `./${path.replace(/^\/+/, '')}`
  const url = URL.canParse(text, base.href) ? new URL(text, base.href) : null
  if (url?.origin === base.origin && url.pathname.startsWith(base.pathname)) return url
  const message = `“${path}” is not below ${base.href}, where the endpoint is. Give a path below it, or leave the endpoint out.`
  throw new Refused({ code: 'invalid', message })
}

type TaskBlocks = {
  settings(reference: string): Promise<unknown>
  secret(reference: string): Promise<string>
}

/** The endpoint that a task names. */
export const endpointOfTask = async (blocks: TaskBlocks, reference: string): Promise<Endpoint> => {
  const settings = endpointSettings.safeParse(await blocks.settings(reference))
  if (!settings.success) {
    const message = `${reference} is no HTTP endpoint. Choose a block of type http-endpoint.`
    throw new Refused({ code: 'invalid', message })
  }
  return endpointOf(settings.data, { own: (name) => blocks.secret(`${reference}#${name}`), other: blocks.secret })
}
