import type { Bucket, FileMetadata, Storage } from '@google-cloud/storage'
import { z } from 'zod'
import { answerOf } from '#core/google/answer.ts'
import { Refused } from '#core/model/failure.ts'
import { contentTypeOf } from './content-type.ts'
import { isMissing, refusalOf } from './explain.ts'
import { retried } from './retry.ts'
import type { GcsTarget } from './target.ts'

/** What an object is, as Google tells it. */
export type SeenObject = {
  readonly name: string
  /** Of this very content; another one once it is overwritten. */
  readonly generation: string
  readonly bytes: number
  /** Base64; null where Google has none. */
  readonly crc32c: string | null
  readonly modifiedAt: number | null
  /** Which upload of Millrace's made it; null for all others. */
  readonly mark: string | null
}

/** All but the bytes of objects goes through Google's client. */
export type BucketControl = {
  /** Null where there is none. */
  look(name: string, signal: AbortSignal): Promise<SeenObject | null>
  list(prefix: string, signal: AbortSignal): AsyncGenerator<SeenObject>
  /** That it is gone already is fine. */
  delete(name: string, signal: AbortSignal): Promise<void>
  /** Begins an upload that takes the place of that generation, `'0'` for none; the address to send the bytes to. */
  begin(upload: NewUpload, signal: AbortSignal): Promise<string>
  /** Null where there is none. */
  bucket(signal: AbortSignal): Promise<{ readonly location: string } | null>
  createBucket(signal: AbortSignal): Promise<void>
  /** Those of the permissions that the account has. */
  permissions(wanted: readonly string[], signal: AbortSignal): Promise<readonly string[]>
}

export type NewUpload = {
  readonly name: string
  readonly bytes: number
  readonly generation: string
  readonly mark: string
}

/** Of the metadata of objects. */
const markName = 'millrace-upload'

const Metadata = z.object({
  name: z.string(),
  generation: z.coerce.string(),
  size: z.coerce.number(),
  crc32c: z.string().nullish().default(null),
  updated: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

export const seenObject = (metadata: unknown): SeenObject => {
  const { name, generation, size, crc32c, updated, metadata: own } = Metadata.parse(metadata)
  const mark = own?.[markName]
  return {
    name,
    generation,
    bytes: size,
    crc32c,
    modifiedAt: updated ? Date.parse(updated) : null,
    mark: typeof mark === 'string' ? mark : null,
  }
}

export const openControl = async (target: GcsTarget): Promise<BucketControl> => {
  const storage = await openStorage(target)
  const bucket = storage.bucket(target.bucket)
  const ask = askOf(target)
  return {
    look: (name, signal) =>
      ask(`look at “${name}”`, signal, () =>
        nullWhereMissing(async () => {
          const [metadata] = await bucket.file(name).getMetadata()
          return seenObject(metadata)
        }),
      ),
    list: (prefix, signal) => listPages(bucket, prefix, (work) => ask(`list “${prefix}”`, signal, work)),
    delete: (name, signal) =>
      ask(`delete “${name}”`, signal, async () => {
        await nullWhereMissing(() => bucket.file(name).delete())
      }),
    begin: ({ name, bytes, generation, mark }, signal) =>
      ask(`upload “${name}”`, signal, async () => {
        const metadata: FileMetadata = { contentType: contentTypeOf(name), metadata: { [markName]: mark } }
        const [uri] = await bucket.file(name).createResumableUpload({
          // Google's client would send a zero as a property of the object.
          metadata: bytes === 0 ? metadata : { ...metadata, contentLength: bytes },
          preconditionOpts: { ifGenerationMatch: generation },
        })
        return uri
      }),
    bucket: (signal) =>
      ask('look at the bucket', signal, async () => {
        try {
          const [{ location = '' }] = await bucket.getMetadata()
          return { location }
        } catch (error) {
          if (answerOf(error).status === 404) return null
          throw error
        }
      }),
    createBucket: (signal) =>
      ask('make the bucket', signal, async () => {
        requireProject(target)
        try {
          await storage.createBucket(target.bucket, {
            location: target.bucketLocation,
            iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
          })
        } catch (error) {
          // Somebody else who may use it too, or a try before this one, was faster.
          if (answerOf(error).status !== 409 || !(await isOurs(bucket))) throw error
        }
      }),
    permissions: (wanted, signal) =>
      ask('ask for its rights', signal, async () => {
        const [found] = await bucket.iam.testPermissions([...wanted])
        return wanted.filter((permission) => found[permission])
      }),
  }
}

const isOurs = (bucket: Bucket): Promise<boolean> =>
  bucket.getMetadata().then(
    () => true,
    () => false,
  )

const requireProject = ({ google }: GcsTarget): void => {
  if (google.project !== null || google.endpoints.storage !== null) return
  const message =
    'Nobody says in which project the bucket is to be made. Give the credentials block a project, or make the bucket yourself.'
  throw new Refused({ code: 'invalid', message })
}

/** A request that is not answered within it is made again. */
const timeout = 60_000

const openStorage = async ({ google, endpoint }: GcsTarget): Promise<Storage> => {
  const { Storage, IdempotencyStrategy } = await import('@google-cloud/storage')
  const storage = new Storage({
    apiEndpoint: endpoint,
    authClient: google.authClient,
    useAuthWithCustomEndpoint: true,
    // A bucket belongs to its project whoever asks; only making one needs the name.
    projectId: google.project ?? 'none',
    timeout,
    userAgent: 'millrace',
    // We try again ourselves: at once stopped by a signal, and as patiently as for the bytes.
    retryOptions: { autoRetry: false, maxRetries: 0, idempotencyStrategy: IdempotencyStrategy.RetryAlways },
  })
  // With an emulator's variable set the client takes it as it stands, without a scheme and a version.
  storage.baseUrl = `${endpoint}/storage/v1`
  return storage
}

type Ask = <T>(asked: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>

const askOf =
  (target: GcsTarget): Ask =>
  async (asked, signal, work) => {
    try {
      // A sign-in that fails is told as such, and is at hand for the client.
      await retried(() => target.google.headers(signal), { ...target, signal })
      return await retried(() => abandoned(work, signal), { ...target, signal })
    } catch (error) {
      signal.throwIfAborted()
      throw refusalOf(error, target, asked)
    }
  }

/** Google's client takes no signal: what it does goes on unheard. */
const abandoned = <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    const late = setTimeout(
      () => reject(Object.assign(new Error('No answer within a minute.'), { code: 'ETIMEDOUT' })),
      timeout,
    )
    signal.addEventListener('abort', stop, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(late)
        signal.removeEventListener('abort', stop)
      })
  })

const nullWhereMissing = async <T>(work: () => Promise<T>): Promise<T | null> => {
  try {
    return await work()
  } catch (error) {
    if (isMissing(answerOf(error))) return null
    throw error
  }
}

type Page = { readonly objects: readonly SeenObject[]; readonly next: string | undefined }

async function* listPages(
  bucket: Bucket,
  prefix: string,
  ask: (work: () => Promise<Page>) => Promise<Page>,
): AsyncGenerator<SeenObject> {
  let next: string | undefined
  do {
    const pageToken = next
    const page = await ask(async () => {
      const [files, query] = await bucket.getFiles({
        prefix,
        autoPaginate: false,
        ...(pageToken !== undefined && { pageToken }),
      })
      return { objects: files.map(({ metadata }) => seenObject(metadata)), next: NextPage.parse(query).pageToken }
    })
    yield* page.objects
    next = page.next
  } while (next !== undefined)
}

const NextPage = z
  .object({ pageToken: z.string().optional() })
  .nullish()
  .transform((query) => query ?? {})
