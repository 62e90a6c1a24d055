import { z } from 'zod'
import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { Notice, Notifier } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'
import type { Headers } from '#core/kinds/http/http.ts'
import { webAddress } from '#core/kinds/http/web-address.ts'
import { postNotice } from '#core/kinds/notify/post-notice.ts'
import { probe } from '#core/kinds/notify/probe.ts'
import { notSent, reachStages } from '#core/kinds/notify/reach.ts'
import { shorten } from '#core/kinds/notify/shorten.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { Refused } from '#core/model/failure.ts'

const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'A number with its country, such as +4915112345678')

const config = z.object({
  account: field
    .text({ title: 'Account SID', help: 'Begins with AC; on the first page of the Twilio console.', key: true })
    .regex(/^AC[0-9a-f]{32}$/i, 'AC and 32 hexadecimal digits'),
  key: field
    .text({
      title: 'API key SID',
      help: 'Begins with SK. Without one, the secret below is the token of the account itself.',
    })
    .regex(/^SK[0-9a-f]{32}$/i, 'SK and 32 hexadecimal digits')
    .optional(),
  from: field
    .text({
      title: 'From',
      help: 'A number of yours at Twilio, a messaging service (MG…), or a sender’s name.',
      placeholder: '+15005550006',
    })
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/i,
      'A number such as +15005550006, MG…, or a name of at most 11 letters',
    ),
  to: field
    .list(phone, { title: 'To', help: 'Numbers with their country. Each gets the message.', key: true })
    .min(1)
    .max(20),
  api: field
    .url({ title: 'API address', help: 'Another one for a region, for example https://api.dublin.ie1.twilio.com.' })
    .default('https://api.twilio.com'),
})
type TwilioSettings = z.output<typeof config>

/** The most that Twilio takes; it sends them as several parts. */
const longest = 1600

const authorization = ({ account, key }: TwilioSettings, token: string): Headers => ({
  authorization: `Basic ${btoa(`${key ?? account}:${token}`)}`,
})

const messageOf = ({ from }: TwilioSettings, to: string, { subject, text }: Notice): string => {
  const sender = /^MG/i.test(from) && from.length === 34 ? { MessagingServiceSid: from } : { From: from }
  return new URLSearchParams({ To: to, ...sender, Body: shorten(`${subject}\n${text}`.trim(), longest) }).toString()
}

const remedyOf = (status: number, answer: string): string | null => {
  if (status === 401) return 'Account, API key and token do not belong together. Set them anew.'
  if (/"code":\s*21608/.test(answer))
    return 'A trial account sends only to numbers that were verified. Verify it, or upgrade.'
  if (/"code":\s*(21211|21614)/.test(answer)) return 'The number in “to” cannot get messages. Correct it.'
  if (/"code":\s*(21606|21659|21660)/.test(answer))
    return 'The number in “from” is not one of yours that can send. Correct it.'
  return null
}

const addressOf = ({ api, account }: TwilioSettings): URL => {
  const base = webAddress(api, 'Correct the API address.')
  return new URL(`/2010-04-01/Accounts/${account}`, base)
}

const open = async ({ settings, secret, http }: BlockContext<TwilioSettings>): Promise<Notifier> => {
  const token = await secret('token')
  const headers = { ...authorization(settings, token), 'content-type': 'application/x-www-form-urlencoded' }
  const url = new URL(`${addressOf(settings).href}/Messages.json`)
  const sendTo = async (to: string, notice: Notice, signal: AbortSignal): Promise<void> => {
    const body = messageOf(settings, to, notice)
    await postNotice(http, { service: 'Twilio', url, headers, body, secrets: [token], remedy: remedyOf }, signal)
  }
  return {
    location: `SMS to ${settings.to.map(lastDigits).join(', ')}`,
    send: async (notice, signal) => {
      const sent: string[] = []
      const refused: NotTaken[] = []
      for (const to of settings.to) {
        try {
          await sendTo(to, notice, signal)
          sent.push(to)
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          refused.push({ to, error })
          if (signal.aborted) break
        }
      }
      const [first] = refused
      if (first) throw sent.length === 0 ? first.error : partly(first, refused, sent)
      return { answer: `queued for ${sent.map(lastDigits).join(', ')}` }
    },
    close: () => Promise.resolve(),
  }
}

const lastDigits = (number: string): string => `…${number.slice(-4)}`

type NotTaken = { readonly to: string; readonly error: Refused }

/** Final: another try would send, and bill, once more to those who have it. */
const partly = (first: NotTaken, refused: readonly NotTaken[], sent: readonly string[]): Refused => {
  const { failure } = first.error
  const others = refused.length === 1 ? '' : ` (and to ${refused.length - 1} more)`
  const message = `Not sent to ${lastDigits(first.to)}${others}: ${failure.message} It has gone to ${sent.map(lastDigits).join(', ')}.`
  return new Refused({ ...failure, message, retryable: false, final: true })
}

async function* test({ settings, secret, http, signal }: BlockContext<TwilioSettings>): AsyncGenerator<TestStage> {
  const url = yield* reachStages({ http, address: () => Promise.resolve(addressOf(settings)), signal })
  if (!url) return
  const signedIn = await staged(
    'Sign in',
    async () => {
      const headers = authorization(settings, await secret('token'))
      const { status, text } = await probe(http, { url: new URL(`${url.href}.json`), headers, signal })
      if (status === 200) return
      const message = `Twilio answered ${status}: ${text} ${remedyOf(status, text) ?? ''}`.trim()
      throw new Refused({ code: 'denied', message })
    },
    () => 'Twilio knows the account and its key.',
  )
  yield signedIn.stage
  if (signedIn.stage.ok) yield notSent
}

export const twilioSmsBlock = defineBlock({
  type: 'twilio-sms',
  version: 1,
  title: 'Twilio SMS',
  summary: 'Sends text messages to phones. Twilio bills each.',
  icon: 'smartphone',
  config,
  secrets: {
    token: {
      title: 'Auth token or API key secret',
      help: 'On the first page of the Twilio console, or shown once when an API key is made.',
    },
  },
  capabilities: ['notify'],
  docs: `Each number in **To** gets each message; Twilio bills them one by one, and long texts as several.

An **API key** (console, *Account*, *API keys & tokens*) is better than the token of the account: it can be taken back alone.
Give its SID and, as the secret, the secret that is shown once.`,
  examples: [
    { account: 'AC00000000000000000000000000000000', from: '+15005550006', to: ['+15005550009'] },
    {
      account: 'AC00000000000000000000000000000000',
      key: 'SK00000000000000000000000000000000',
      from: 'Millrace',
      to: ['+15005550009'],
    },
  ],
  openNotifier: open,
  test,
})
