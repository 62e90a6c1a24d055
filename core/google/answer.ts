import { z } from 'zod'

/** What Google, or the way to it, answered; from an error of any of its clients, or a body. Never a token or a key. */
export type GoogleAnswer = {
  /** HTTP, or null where no answer came. */
  readonly status: number | null
  /** Google's word for it, for example `notFound`, `rateLimitExceeded`, `invalid_grant`; or empty. */
  readonly reason: string
  /** As Google puts it, in one line. */
  readonly message: string
  /** Of the network, for example `ECONNRESET`, where no answer came. */
  readonly network: string | null
}

const Item = z.object({ reason: z.string().catch(''), message: z.string().catch('') })

/** `{"error":{"code":403,"message":"…","errors":[…]}}`, or OAuth's `{"error":"invalid_grant","error_description":"…"}`. */
const Body = z.object({
  error: z.union([
    z.object({ message: z.string().catch(''), errors: z.array(Item).catch([]), status: z.string().catch('') }),
    z.string().transform((reason) => ({ message: '', errors: [{ reason, message: '' }], status: '' })),
  ]),
  error_description: z.string().catch(''),
})

const Thrown = z.object({
  message: z.string().catch(''),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  status: z.number().nullish().catch(null),
  errors: z.array(Item).catch([]),
  cause: z.unknown(),
  response: z
    .object({ status: z.number().nullish().catch(null), data: z.unknown() })
    .nullish()
    .catch(null),
})

export const answerOf = (error: unknown): GoogleAnswer => {
  const thrown = Thrown.safeParse(isObject(error) ? pick(error) : {}).data
  if (!thrown) return { status: null, reason: '', message: line(String(error)), network: null }
  const { response, errors, message, code } = thrown
  const body = bodyAnswer(response?.data)
  const status = response?.status ?? thrown.status ?? httpStatus(code)
  return {
    status,
    reason: body?.reason || errors[0]?.reason || '',
    message: body?.message || line(errors[0]?.message || message),
    network: status === null ? networkCode(error) : null,
  }
}

/** Of the text of an answer that is no success. */
export const answerOfBody = (status: number, text: string): GoogleAnswer => {
  const body = bodyAnswer(text)
  return { status, reason: body?.reason ?? '', message: body?.message || line(plain(text)), network: null }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Errors have their message on the prototype's side: not every reader of objects sees it. */
const pick = (error: object): Record<string, unknown> =>
  Object.fromEntries(Object.keys(Thrown.shape).map((name): [string, unknown] => [name, Reflect.get(error, name)]))

const bodyAnswer = (data: unknown): { reason: string; message: string } | null => {
  const parsed = Body.safeParse(typeof data === 'string' ? parsedJson(data) : data)
  if (!parsed.success) return null
  const { error, error_description } = parsed.data
  const [first] = error.errors
  return {
    reason: first?.reason || error.status,
    message: line(error_description || error.message || first?.message || ''),
  }
}

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const httpStatus = (code: string | number | null | undefined): number | null => {
  const status = Number(code ?? Number.NaN)
  return status >= 100 && status < 600 ? status : null
}

/** Node's code lies at the error, or at what caused it. */
const networkCode = (error: unknown): string | null => {
  for (let at: unknown = error, depth = 0; isObject(at) && depth < 5; at = Reflect.get(at, 'cause'), depth += 1) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code
  }
  return null
}

/** Proxies answer with pages. */
const plain = (text: string): string => text.replaceAll(/<(style|script)[^]*?<\/\1>|<[^>]*>/gi, ' ')

const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 500)
