import { createReadStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, answerOfBody, type GoogleAnswer } from '#core/google/answer.ts'
import { openWire, textOf, type Wire, type WireAnswer } from '#core/google/wire.ts'
import { Refused } from '#core/model/failure.ts'
import { jobAnswer, type JobAnswer } from './answers.ts'
import type { Api } from './api.ts'
import { isPassing, placeOf, refusedBy } from './explain.ts'
import { isTaken, type Submit } from './jobs.ts'

export type Upload = {
  readonly path: string
  readonly bytes: number
  readonly configuration: object
  readonly signal: AbortSignal
  progress(bytes: number): void
}

type Sending = Upload & { readonly api: Api; readonly wire: Wire }

/** A load job with its bytes, sent in one request that goes on where it was cut. Only a few buffers are in memory. */
export const uploading =
  (api: Api, upload: Upload): Submit =>
  async (place) => {
    const wire = openWire()
    try {
      const { id, location } = place
      const jobReference = { projectId: api.target.project, jobId: id, location }
      const description = JSON.stringify({ jobReference, configuration: upload.configuration })
      return await uploadAll({ ...upload, api, wire }, description)
    } catch (error) {
      if (isTaken(error)) return 'submitted already'
      throw error
    } finally {
      wire.close()
    }
  }

/** For how long no byte may get through, and how long is waited between tries: milliseconds. */
const patience = 120_000
const [shortest, longest] = [250, 8_000]

type Session = { readonly url: string; offset: number }

const uploadAll = async (sending: Sending, description: string): Promise<JobAnswer> => {
  const { api, signal } = sending
  let session: Session | null = null
  let since = performance.now()
  for (let tries = 0; ; tries += 1) {
    const before: number = session?.offset ?? 0
    try {
      session ??= { url: await begin(sending, description), offset: 0 }
      if (tries > 0) {
        const asked = await askHowMuch(sending, session)
        if (asked.job) return asked.job
        session.offset = asked.offset
      }
      const job = await sendFrom(sending, session)
      if (job) return job
    } catch (error) {
      if (signal.aborted)
        throw new Refused({ code: 'cancelled', message: 'The upload was stopped; nothing was loaded.' })
      const answer = error instanceof Interrupted ? error.answer : answerOf(error)
      if (error instanceof Refused && !(error instanceof Interrupted)) throw error
      // The session has ended: its bytes are gone, or the job was made. The next one tells which.
      if (isGone(answer)) session = null
      else if (!isPassing(answer)) throw refusedBy(answer, placeOf(api.target))
      if (performance.now() - since > patience) throw refusedBy(answer, placeOf(api.target))
      if (tries === 0)
        api.target.note(
          `The upload to BigQuery was interrupted (${answer.network ?? answer.status ?? answer.message}). Going on.`,
        )
    }
    if ((session?.offset ?? 0) > before) since = performance.now()
    await sleep(Math.min(longest, shortest * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2), undefined, {
      signal,
    }).catch(() => undefined)
  }
}

const isGone = ({ status }: GoogleAnswer): boolean => status === 404 || status === 410

/** An answer that is no success. */
class Interrupted extends Error {
  readonly answer: GoogleAnswer

  constructor(answer: GoogleAnswer) {
    super(answer.message)
    this.answer = answer
  }
}

const begin = async (sending: Sending, description: string): Promise<string> => {
  const { api, bytes } = sending
  const { project, google } = api.target
  const base = google.endpoints.bigquery ?? 'https://bigquery.googleapis.com'
  const url = `${new URL(base).origin}/upload/bigquery/v2/projects/${project}/jobs?uploadType=resumable`
  const body = Buffer.from(description)
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': body.length,
    'x-upload-content-type': 'application/octet-stream',
    'x-upload-content-length': bytes,
  }
  const answer = await request(sending, { method: 'POST', url, headers, body: only(body) })
  const session = answer.header('location')
  await textOf(answer)
  if (session === null) throw new Error('BigQuery began an upload and did not say where.')
  return session
}

/** What the session has kept: the job, where it has everything. */
const askHowMuch = async (sending: Sending, { url }: Session): Promise<{ job: JobAnswer | null; offset: number }> => {
  const headers = { 'content-length': 0, 'content-range': `bytes */${sending.bytes}` }
  const answer = await request(sending, { method: 'PUT', url, headers })
  const text = await textOf(answer)
  if (answer.status !== 308) return { job: jobAnswer.parse(JSON.parse(text)), offset: sending.bytes }
  const last = /-(\d+)$/.exec(answer.header('range') ?? '')?.[1]
  return { job: null, offset: last === undefined ? 0 : Number(last) + 1 }
}

/** Null when the session wants more bytes. */
const sendFrom = async (sending: Sending, { url, offset }: Session): Promise<JobAnswer | null> => {
  const { bytes, path, progress } = sending
  const headers = { 'content-length': bytes - offset, 'content-range': `bytes ${offset}-${bytes - 1}/${bytes}` }
  const answer = await request(sending, { method: 'PUT', url, headers, body: partOf(path, offset, progress) })
  const text = await textOf(answer)
  return answer.status === 308 ? null : jobAnswer.parse(JSON.parse(text))
}

type Request = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: AsyncIterable<Buffer>
}

const request = async ({ wire, api, signal }: Sending, { headers, ...rest }: Request): Promise<WireAnswer> => {
  const signedIn = await api.target.google.headers(signal)
  const answer = await wire.send({ ...rest, headers: { ...signedIn, ...headers }, signal })
  if (answer.status < 400) return answer
  const told = answerOfBody(answer.status, await textOf(answer))
  if ((rest.method === 'PUT' && isGone(told)) || isPassing(told)) throw new Interrupted(told)
  throw refusedBy(told, placeOf(api.target))
}

const bufferSize = 1 << 20

async function* partOf(path: string, offset: number, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  let done = offset
  for await (const bytes of createReadStream(path, {
    start: offset,
    highWaterMark: bufferSize,
  }) as AsyncIterable<Buffer>) {
    yield bytes
    done += bytes.length
    progress(done)
  }
}

async function* only(body: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(body)
}
