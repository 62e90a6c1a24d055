import { GcsError, noObject } from './errors.ts'
import { answer, sendBytes, type Exchange } from './exchange.ts'
import type { Effect } from './faults.ts'
import { crc32cText } from '#core/blocks/gcs-bucket/crc32c.ts'
import { metadataOf, type Bucket, type GcsObject } from './objects.ts'

export const findObject = (bucket: Bucket, name: string, query: URLSearchParams): GcsObject => {
  const object = bucket.objects.get(name)
  const generation = query.get('generation')
  if (!object || (generation !== null && generation !== object.generation)) throw noObject(bucket.name, name)
  return object
}

/** All of it, or the range that is asked for. */
export const sendMedia = async (exchange: Exchange, object: GcsObject, effect: Effect | null): Promise<void> => {
  const { content, generation, contentType } = object
  const range = rangeOf(exchange.request.headers.range, content.bytes)
  const common = {
    'content-type': contentType,
    'x-goog-generation': generation,
    'x-goog-metageneration': '1',
    'x-goog-hash': `crc32c=${crc32cText(content.crc)}`,
    'x-goog-storage-class': 'STANDARD',
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-stored-content-length': content.bytes,
    'accept-ranges': 'bytes',
  }
  const { first, last } = range ?? { first: 0, last: content.bytes - 1 }
  exchange.response.writeHead(range ? 206 : 200, {
    ...common,
    'content-length': last - first + 1,
    ...(range && { 'content-range': `bytes ${first}-${last}/${content.bytes}` }),
  })
  await sendBytes(exchange, slices(content.parts, first, last + 1), effect)
}

const rangeOf = (header: string | undefined, bytes: number): { first: number; last: number } | null => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return null
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  if (from >= bytes) throw new GcsError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable')
  return { first: from, last: first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}

function* slices(parts: readonly Buffer[], from: number, to: number): Generator<Buffer> {
  let at = 0
  for (const part of parts) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, part.length)]
    if (start < end) yield part.subarray(start, end)
    at += part.length
    if (at >= to) return
  }
}

const mostItems = 1000

/** By name, page by page; with a delimiter what is below it is told by its prefix only. */
export const list = (exchange: Exchange, bucket: Bucket, effect: Effect | null, pageSize: number): void => {
  const { query } = exchange
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const size = Math.min(Number(query.get('maxResults') ?? mostItems) || mostItems, mostItems, pageSize)
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString('utf8')
  const entries = [...entriesOf([...bucket.objects.values()], prefix, delimiter)].filter(([name]) => name > after)
  const page = entries.slice(0, size)
  const last = entries.length > size ? page.at(-1)?.[0] : undefined
  const items = page.flatMap(([, object]) => (object === null ? [] : [metadataOf(object)]))
  const prefixes = page.flatMap(([name, object]) => (object === null ? [name] : []))
  answer(exchange, 200, {
    body: {
      kind: 'storage#objects',
      ...(items.length > 0 && { items }),
      ...(prefixes.length > 0 && { prefixes }),
      ...(last !== undefined && { nextPageToken: Buffer.from(last).toString('base64url') }),
    },
    effect,
  })
}

const entriesOf = (objects: readonly GcsObject[], prefix: string, delimiter: string): Map<string, GcsObject | null> => {
  const entries = new Map<string, GcsObject | null>()
  const fitting = objects.filter(({ name }) => name.startsWith(prefix))
  // Google sorts by the bytes of the names.
  for (const object of fitting.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)),
  )) {
    const cut = delimiter === '' ? -1 : object.name.indexOf(delimiter, prefix.length)
    if (cut < 0) entries.set(object.name, object)
    else entries.set(object.name.slice(0, cut + delimiter.length), null)
  }
  return entries
}
