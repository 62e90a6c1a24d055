import { z } from 'zod'
import { startReceiver, type Answer, type Receiver } from './receiver.ts'

type Service = Receiver & {
  /** What a person copies from the service. */
  readonly address: string
}

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const SlackMessage = z.object({ text: z.string().min(1).max(40_000) })

/** An incoming webhook of Slack. */
export const startSlack = async (path = '/services/T00000000/B00000000/made-up-for-tests-0000'): Promise<Service> => {
  const receiver = await startReceiver((request) => {
    if (request.method === 'HEAD') return { status: 302, headers: { location: 'https://slack.example/' } }
    if (request.path !== path) return { status: 404, body: 'no_service' }
    if (request.headers['content-type'] !== 'application/json') return { status: 400, body: 'invalid_payload' }
    const body = parsed(request.body)
    if (body === null) return { status: 400, body: 'invalid_payload' }
    return SlackMessage.safeParse(body).success ? { status: 200, body: 'ok' } : { status: 400, body: 'no_text' }
  })
  return { ...receiver, address: receiver.url + path }
}

const TeamsMessage = z.object({
  type: z.literal('message'),
  attachments: z.tuple([
    z.object({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      content: z.object({
        type: z.literal('AdaptiveCard'),
        version: z.string(),
        body: z.array(z.object({ type: z.literal('TextBlock'), text: z.string() })).min(1),
      }),
    }),
  ]),
})

/** A workflow of Teams that begins with “When a Teams webhook request is received”. */
export const startTeams = async (signature = 'made-up-signature-for-tests'): Promise<Service> => {
  const path = `/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sig=${signature}`
  const receiver = await startReceiver((request) => {
    if (request.method === 'HEAD') return { status: 404 }
    if (request.path !== path) return json(401, { error: { code: 'DirectApiAuthorizationRequired' } })
    if (request.body.length > 28_000) return json(413, { error: { code: 'RequestEntityTooLarge' } })
    if (TeamsMessage.safeParse(parsed(request.body)).success) return { status: 202 }
    return json(400, { error: { code: 'TriggerInputSchemaMismatch' } })
  })
  return { ...receiver, address: receiver.url + path }
}

export const twilioAccount = 'AC0123456789abcdef0123456789abcdef'

/** Twilio's messages; `+15005550001` is a number that gets none. */
export const startTwilio = (token: string): Promise<Receiver> =>
  startReceiver((request) => {
    if (request.method === 'HEAD') return { status: 404 }
    const expected = `Basic ${Buffer.from(`${twilioAccount}:${token}`).toString('base64')}`
    if (request.headers.authorization !== expected)
      return json(401, {
        code: 20_003,
        message: 'Authenticate',
        more_info: 'https://www.twilio.com/docs/errors/20003',
        status: 401,
      })
    if (request.method === 'GET') return json(200, { sid: twilioAccount, status: 'active' })
    const form = new URLSearchParams(request.body)
    if (form.get('To') === '+15005550001')
      return json(400, {
        code: 21_211,
        message: "The 'To' number +15005550001 is not a valid phone number.",
        status: 400,
      })
    if ((form.get('Body') ?? '').length > 1600)
      return json(400, { code: 21_617, message: 'The message is too long.', status: 400 })
    return json(201, { sid: 'SM00000000000000000000000000000000', status: 'queued', to: form.get('To') })
  })

const OpsgenieAlert = z.object({
  message: z.string().min(1).max(130),
  description: z.string().max(15_000),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
})

/** Opsgenie's alerts; a key that may only create them cannot list them. */
export const startOpsgenie = (key: string): Promise<Receiver> =>
  startReceiver((request) => {
    const answered = { took: 0.01, requestId: '00000000-0000-0000-0000-000000000000' }
    if (request.method === 'HEAD') return { status: 404 }
    if (request.headers.authorization !== `GenieKey ${key}`)
      return json(401, { message: 'Key format is not valid!', ...answered })
    if (request.method === 'GET')
      return json(403, { message: 'You are not authorized for this operation!', ...answered })
    if (!OpsgenieAlert.safeParse(parsed(request.body)).success)
      return json(422, { message: 'Request body is not processable.', ...answered })
    return json(202, { result: 'Request will be processed', ...answered })
  })
