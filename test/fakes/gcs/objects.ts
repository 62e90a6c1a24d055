import { z } from 'zod'
import { crc32c, crc32cText } from '#core/blocks/gcs-bucket/crc32c.ts'
import { GcsError, noBucket, notMatching } from './errors.ts'

/** Bytes as they come, with their checksum so far. */
export type Content = { bytes: number; crc: number; readonly parts: Buffer[] }

export const emptyContent = (): Content => ({ bytes: 0, crc: 0, parts: [] })

export const append = (content: Content, part: Buffer, keep: boolean): void => {
  content.crc = crc32c(part, content.crc)
  content.bytes += part.length
  if (keep) content.parts.push(part)
}

/** What a client says of an object it makes. */
export const GivenMetadata = z.object({
  name: z.string().optional(),
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
  crc32c: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
})
export type GivenMetadata = z.output<typeof GivenMetadata>

export type GcsObject = {
  readonly bucket: string
  readonly name: string
  readonly generation: string
  readonly contentType: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly content: Content
  readonly at: string
}

export type Bucket = { readonly name: string; readonly location: string; readonly objects: Map<string, GcsObject> }

/** `ifGenerationMatch` of the request; 0: it must not be there. */
export const checkGeneration = (object: GcsObject | undefined, query: URLSearchParams): void => {
  const wanted = query.get('ifGenerationMatch')
  if (wanted !== null && (object?.generation ?? '0') !== wanted) throw notMatching()
}

export const metadataOf = ({ bucket, name, generation, contentType, metadata, content, at }: GcsObject) => ({
  kind: 'storage#object',
  id: `${bucket}/${name}/${generation}`,
  name,
  bucket,
  generation,
  metageneration: '1',
  contentType,
  storageClass: 'STANDARD',
  size: String(content.bytes),
  crc32c: crc32cText(content.crc),
  etag: Buffer.from(generation).toString('base64'),
  timeCreated: at,
  updated: at,
  ...(metadata && { metadata }),
})

export type Store = ReturnType<typeof createStore>

export const createStore = () => {
  const buckets = new Map<string, Bucket>()
  let last = BigInt(Date.now()) * 1000n
  const nextGeneration = (): string => {
    last += 1n
    return String(last)
  }
  const bucket = (name: string): Bucket => {
    const found = buckets.get(name)
    if (!found) throw noBucket()
    return found
  }
  const put = (
    into: Bucket,
    name: string,
    { given, content }: { given: GivenMetadata; content: Content },
  ): GcsObject => {
    const sent = given.crc32c
    const found = crc32cText(content.crc)
    if (sent !== undefined && sent !== found)
      throw new GcsError(400, 'invalid', `Provided CRC32C "${sent}" doesn't match calculated CRC32C "${found}".`)
    const object: GcsObject = {
      bucket: into.name,
      name,
      generation: nextGeneration(),
      contentType: given.contentType ?? 'application/octet-stream',
      metadata: given.metadata,
      content,
      at: new Date().toISOString(),
    }
    into.objects.set(name, object)
    return object
  }
  return {
    bucket,
    put,
    putBytes: (into: Bucket, name: string, bytes: Buffer): GcsObject => {
      const content = emptyContent()
      append(content, bytes, true)
      return put(into, name, { given: {}, content })
    },
    isThere: (name: string) => buckets.has(name),
    create: (name: string, location = 'US'): Bucket => {
      if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name))
        throw new GcsError(400, 'invalid', `Invalid bucket name: '${name}'`)
      const made = { name, location: location.toUpperCase(), objects: new Map<string, GcsObject>() }
      buckets.set(name, made)
      return made
    },
  }
}
