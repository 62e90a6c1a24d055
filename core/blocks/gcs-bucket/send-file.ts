import { answerOfBody, type GoogleAnswer } from '#core/google/answer.ts'
import { textOf, type Wire, type WireAnswer } from '#core/google/wire.ts'
import { retryAfter } from '#core/kinds/http/retry-after.ts'
import { seenObject, type SeenObject } from './client.ts'
import { crc32cText } from './crc32c.ts'
import { createRetries } from './retry.ts'
import type { SourceFile } from './source-file.ts'
import type { GcsTarget } from './target.ts'

/** Google does not know the session any more. */
export class SessionEnded extends Error {}
/** Google compared the checksum that came with the last bytes with what it has. */
export class SpoiltOnTheWay extends Error {}

/** An answer that is no success. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly errors: readonly { readonly reason: string; readonly message: string }[]
  /** Milliseconds that Google asks to wait. */
  readonly pause: number | null

  constructor({ status, reason, message }: GoogleAnswer, pause: number | null) {
    super(message)
    this.status = status ?? 0
    this.errors = [{ reason, message }]
    this.pause = pause
  }
}

export type Sending = {
  readonly uri: string
  readonly source: SourceFile
  readonly upload: { readonly signal: AbortSignal; progress(bytes: number): void }
  readonly target: GcsTarget
  readonly wire: Wire
}

/** What is sent before the end comes in whole ones of these. */
const granule = 256 * 1024

/**
 * Sends nearly all of a file in one request, and then the little that is left with the checksum of the whole, which is
 * known by then: Google makes the object only if it fits. After a break it asks how much has arrived and goes on there.
 */
export const sendFile = async (sending: Sending): Promise<SeenObject> => {
  const { source, upload, target } = sending
  const { signal } = upload
  const retries = createRetries(target, signal)
  const body = source.bytes <= granule ? 0 : Math.floor((source.bytes - 1) / granule) * granule
  let arrived = 0
  let isKnown = true
  for (;;) {
    try {
      const state = isKnown ? await sendNext(sending, arrived, body) : await askState(sending)
      if (typeof state === 'object') return state
      if (isKnown && state <= arrived) throw nothingTaken()
      upload.progress(state)
      if (state > arrived) retries.progressed()
      arrived = state
      isKnown = true
    } catch (error) {
      if (error instanceof SessionEnded || error instanceof SpoiltOnTheWay) throw error
      await retries.again(error, error instanceof HttpRefusal ? error.pause : null)
      isKnown = false
    }
  }
}

const nothingTaken = (): Error => Object.assign(new Error('Nothing of what was sent was kept.'), { code: 'ENODATA' })

/** How many bytes have arrived, or the object once it is whole. */
type State = number | SeenObject

const sendNext = async (sending: Sending, from: number, body: number): Promise<State> => {
  const { source } = sending
  if (from < body) return put(sending, { from, to: body, headers: rangeOf(from, body, source.bytes) })
  // Small enough to be read before it is sent.
  const parts = await Array.fromAsync(source.read(from, source.bytes))
  const hash = { 'x-goog-hash': `crc32c=${crc32cText(await source.checksum())}` }
  const range = rangeOf(from, source.bytes, source.bytes)
  return put(sending, { from, to: source.bytes, headers: { ...range, ...hash }, parts })
}

/** An empty file is sent as a whole, which needs no range. */
const rangeOf = (from: number, to: number, total: number): Readonly<Record<string, string>> =>
  total === 0 ? {} : { 'content-range': `bytes ${from}-${to - 1}/${total}` }

const askState = (sending: Sending): Promise<State> =>
  put(sending, { from: 0, to: 0, headers: { 'content-range': `bytes */${sending.source.bytes}` } })

type Part = {
  readonly from: number
  readonly to: number
  readonly headers: Readonly<Record<string, string>>
  readonly parts?: readonly Buffer[]
}

const put = async (
  { uri, source, upload, target, wire }: Sending,
  { from, to, headers, parts }: Part,
): Promise<State> => {
  const { signal, progress } = upload
  let sent = from
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const part of parts ?? source.read(from, to)) {
      yield part
      sent += part.length
      progress(sent)
    }
  }
  const answer = await wire.send({
    method: 'PUT',
    url: uri,
    headers: { ...(await target.google.headers(signal)), ...headers, 'content-length': to - from },
    ...(to > from && { body: bytes() }),
    signal,
  })
  return stateFrom(answer, source.bytes)
}

const stateFrom = async (answer: WireAnswer, total: number): Promise<State> => {
  const { status } = answer
  const text = await textOf(answer)
  if (status === 200 || status === 201) return seenObject(JSON.parse(text))
  if (status === 308) return arrivedOf(answer.header('range'), total)
  if (status === 404 || status === 410) throw new SessionEnded(`HTTP ${status}`)
  const told = answerOfBody(status, text)
  if (status === 400 && /crc32c/i.test(told.message)) throw new SpoiltOnTheWay(told.message)
  throw new HttpRefusal(told, retryAfter(answer.header('retry-after') ?? undefined, Date.now()))
}

/** `bytes=0-1048575`; without it nothing has arrived. */
const arrivedOf = (range: string | null, total: number): number => {
  const last = /^bytes=0-(\d+)$/.exec(range ?? '')?.[1]
  return last === undefined ? 0 : Math.min(Number(last) + 1, total)
}
