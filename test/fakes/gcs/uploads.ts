import { randomBytes } from 'node:crypto'
import { GcsError } from './errors.ts'
import { answer, bodyParts, readJson, type Exchange } from './exchange.ts'
import type { Effect } from './faults.ts'
import { readMultipart } from './multipart.ts'
import {
  append,
  checkGeneration,
  emptyContent,
  GivenMetadata,
  metadataOf,
  type Bucket,
  type Content,
  type GcsObject,
  type Store,
} from './objects.ts'

type Session = {
  readonly bucket: Bucket
  readonly name: string
  readonly query: URLSearchParams
  readonly given: GivenMetadata
  content: Content
  state: 'open' | 'expired' | { readonly done: GcsObject }
}

/** Parts of an upload that are not its end come in whole ones of these; what is beyond is forgotten. */
const granule = 256 * 1024

export const createUploads = (store: Store, keep: boolean) => {
  const sessions = new Map<string, Session>()

  const put = (
    into: Bucket,
    name: string,
    what: { given: GivenMetadata; content: Content; query: URLSearchParams },
  ) => {
    checkGeneration(into.objects.get(name), what.query)
    return store.put(into, name, what)
  }

  /** All in one request: `media`, or `multipart` with the metadata first. */
  const atOnce = async (exchange: Exchange, into: Bucket, effect: Effect | null): Promise<void> => {
    const { request, query } = exchange
    const content = emptyContent()
    const type = request.headers['content-type'] ?? ''
    const isMultipart = query.get('uploadType') === 'multipart'
    const parts: Buffer[] = []
    for await (const part of bodyParts(request, effect)) {
      if (isMultipart) parts.push(part)
      else append(content, part, keep)
    }
    let given: GivenMetadata = { contentType: type }
    if (isMultipart) {
      const { metadata, media } = readMultipart(Buffer.concat(parts), type)
      given = GivenMetadata.parse(metadata)
      append(content, media, keep)
    }
    const object = put(into, query.get('name') ?? given.name ?? '', {
      given: withHash(given, exchange),
      content,
      query,
    })
    answer(exchange, 200, { body: metadataOf(object), effect })
  }

  const begin = async (exchange: Exchange, into: Bucket, effect: Effect | null): Promise<void> => {
    const { request, query, origin } = exchange
    const given = GivenMetadata.parse(await readJson(request))
    const name = query.get('name') ?? given.name ?? ''
    if (name === '') throw new GcsError(400, 'required', 'Required')
    checkGeneration(into.objects.get(name), query)
    const id = randomBytes(30).toString('base64url')
    const contentType = given.contentType ?? request.headers['x-upload-content-type']?.toString()
    const session: Session = {
      bucket: into,
      name,
      query: new URLSearchParams(query),
      given: { ...given, ...(contentType !== undefined && { contentType }) },
      content: emptyContent(),
      state: 'open',
    }
    sessions.set(id, session)
    const place = new URLSearchParams({ uploadType: 'resumable', name, upload_id: id })
    const location = `${origin}/upload/storage/v1/b/${into.name}/o?${place.toString()}`
    answer(exchange, 200, { headers: { location, 'x-guploader-uploadid': id }, effect })
  }

  const incomplete = (exchange: Exchange, { content }: Session, effect: Effect | null): void => {
    const range = content.bytes === 0 ? {} : { range: `bytes=0-${content.bytes - 1}` }
    answer(exchange, 308, { headers: range, effect })
  }

  const resume = async (exchange: Exchange, id: string, effect: Effect | null): Promise<void> => {
    const { request } = exchange
    const session = sessions.get(id)
    if (effect?.kind === 'expire' && session) session.state = 'expired'
    if (!session) throw new GcsError(404, 'notFound', 'Not Found')
    if (session.state === 'expired') throw new GcsError(410, 'gone', 'The requested upload session has ended.')
    if (typeof session.state === 'object')
      return answer(exchange, 200, { body: metadataOf(session.state.done), effect })
    const range = rangeOf(request.headers['content-range'])
    if (range === 'status') return incomplete(exchange, session, effect)
    if (range.first > session.content.bytes)
      throw new GcsError(400, 'invalid', `Invalid request. The upload has ${session.content.bytes} bytes so far.`)
    await take(session, exchange, { skip: session.content.bytes - range.first, effect })
    if (range.total === null || session.content.bytes < range.total) {
      cutToGranule(session)
      return incomplete(exchange, session, effect)
    }
    const given = withHash(session.given, exchange)
    const done = put(session.bucket, session.name, { given, content: session.content, query: session.query })
    session.state = { done }
    answer(exchange, 200, { body: metadataOf(done), effect })
  }

  /** What came before a cut is kept, in whole granules. */
  const take = async (
    session: Session,
    { request }: Exchange,
    { skip, effect }: { skip: number; effect: Effect | null },
  ) => {
    let left = skip
    try {
      for await (const part of bodyParts(request, effect)) {
        const rest = part.subarray(Math.min(left, part.length))
        left -= part.length - rest.length
        if (rest.length > 0) append(session.content, rest, keep)
      }
    } catch (error) {
      cutToGranule(session)
      throw error
    }
  }

  const cutToGranule = (session: Session): void => {
    const whole = session.content.bytes - (session.content.bytes % granule)
    if (whole === session.content.bytes) return
    const kept = emptyContent()
    let left = whole
    for (const part of session.content.parts) {
      if (left === 0) break
      append(kept, part.subarray(0, left), true)
      left -= Math.min(left, part.length)
    }
    session.content = kept
  }

  const cancel = (exchange: Exchange, id: string): void => {
    sessions.delete(id)
    answer(exchange, 499, {})
  }

  return {
    atOnce,
    begin,
    resume,
    cancel,
    open: () => [...sessions.values()].filter(({ state }) => state === 'open').length,
  }
}

/** A checksum may come with the last bytes. */
const withHash = (given: GivenMetadata, { request }: Exchange): GivenMetadata => {
  const sent = /crc32c=([^,\s]+)/.exec(request.headers['x-goog-hash']?.toString() ?? '')?.[1]
  return sent === undefined ? given : { ...given, crc32c: sent }
}

type Range = 'status' | { readonly first: number; readonly total: number | null }

const rangeOf = (header: string | undefined): Range => {
  if (header === undefined) return { first: 0, total: 0 }
  if (/^bytes \*\/(\d+|\*)$/.test(header)) return 'status'
  const [, first, last, total] = /^bytes (\d+)-(\d+|\*)\/(\d+|\*)$/.exec(header) ?? []
  if (first === undefined) throw new GcsError(400, 'invalid', `Failed to parse Content-Range header: ${header}`)
  // Without a last byte all that is left comes, however much that is.
  const isRest = last === '*' && total === '*'
  return { first: Number(first), total: isRest ? 0 : total === '*' ? null : Number(total) }
}
