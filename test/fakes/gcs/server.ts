import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { SignInServer } from '#test/fakes/google-sign-in.ts'
import { listenLocally } from '#test/fakes/listen.ts'
import { bodyOf, GcsError, notAllowed } from './errors.ts'
import { answer, beforehand, Cut, readJson, type Exchange } from './exchange.ts'
import { createFaults, type Effect, type Faults, type Operation } from './faults.ts'
import { checkGeneration, createStore, metadataOf } from './objects.ts'
import { findObject, list, sendMedia } from './reads.ts'
import { operationOf, routeOf, type Route } from './routes.ts'
import { createUploads } from './uploads.ts'

export type GcsOptions = {
  /** Whose tokens are good; without one, everybody may do everything, as with other emulators. */
  readonly signIn?: SignInServer
  /** Most objects on a page of a list. */
  readonly pageSize?: number
  /** Whether what is uploaded can be read again; a benchmark has no use for it. */
  readonly keep?: boolean
}

/** Stands in for storage.googleapis.com: the JSON API as Google's clients speak it. */
export type GcsServer = {
  /** For STORAGE_EMULATOR_HOST. */
  readonly url: string
  readonly faults: Faults
  createBucket(name: string): void
  hasBucket(name: string): boolean
  /** A bucket of somebody else, whom nobody here knows. */
  reserveBucket(name: string): void
  /** From now on this account has these rights only. */
  allow(email: string, permissions: readonly string[]): void
  put(bucket: string, name: string, content: string | Buffer): void
  read(bucket: string, name: string): Buffer
  /** Of all objects, in the order of their names. */
  names(bucket: string): readonly string[]
  generation(bucket: string, name: string): string | null
  metadata(bucket: string, name: string): ReturnType<typeof metadataOf>
  /** Everything that was asked of it. */
  readonly requests: readonly { readonly operation: Operation; readonly status: number; readonly name: string | null }[]
  /** Uploads that were begun and have not ended. */
  openUploads(): number
  close(): Promise<void>
}

type Server = {
  readonly store: ReturnType<typeof createStore>
  readonly uploads: ReturnType<typeof createUploads>
  readonly faults: Faults
  readonly options: GcsOptions
  readonly rights: Map<string, readonly string[]>
  readonly reserved: Set<string>
}

export const startGcs = async (options: GcsOptions = {}): Promise<GcsServer> => {
  const store = createStore()
  const uploads = createUploads(store, options.keep ?? true)
  const faults = createFaults()
  const world: Server = { store, uploads, faults, options, rights: new Map(), reserved: new Set() }
  const requests: { operation: Operation; status: number; name: string | null }[] = []
  const server = createServer((request, response) => {
    response.on('close', () => {
      const route = routeOf(request)
      if (route)
        requests.push({
          operation: operationOf(route, request),
          status: response.statusCode,
          name: route.object ?? null,
        })
    })
    void handle(world, request, response)
  })
  // A client under test decides when to give up.
  server.requestTimeout = 0
  const { url, close } = await listenLocally(server)
  const object = (bucket: string, name: string) => findObject(store.bucket(bucket), name, new URLSearchParams())
  return {
    url,
    faults,
    createBucket: (name) => void store.create(name),
    hasBucket: (name) => store.isThere(name),
    reserveBucket: (name) => void world.reserved.add(name),
    allow: (email, permissions) => void world.rights.set(email, permissions),
    put: (bucket, name, content) => {
      const bytes = Buffer.from(content)
      store.putBytes(store.bucket(bucket), name, bytes)
    },
    read: (bucket, name) => Buffer.concat(object(bucket, name).content.parts),
    names: (bucket) => [...store.bucket(bucket).objects.keys()].toSorted(),
    generation: (bucket, name) => store.bucket(bucket).objects.get(name)?.generation ?? null,
    metadata: (bucket, name) => metadataOf(object(bucket, name)),
    requests,
    openUploads: uploads.open,
    close,
  }
}

const handle = async (world: Server, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { query, origin } = addressOf(request)
  try {
    const route = routeOf(request)
    if (!route) throw new GcsError(404, 'notFound', 'Not Found')
    const exchange = { request, response, query, origin, who: whoAsks(world, request) }
    const operation = operationOf(route, request)
    const effect = world.faults.take(operation)
    if (effect?.kind === 'status') throw planned(effect)
    // Uploads and downloads go wrong in the middle.
    if (operation !== 'upload' && operation !== 'download') await beforehand(exchange, effect)
    await operations[operation](world, { exchange, route, effect })
  } catch (error) {
    if (error instanceof Cut || response.destroyed) return
    refuse(request, response, error)
  }
}

const refuse = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy()
  const known = error instanceof GcsError ? error : new GcsError(500, 'backendError', String(error))
  answer({ request, response }, known.status, { body: bodyOf(known), headers: known.headers })
  // What is still coming of a body is not waited for.
  if (!request.complete) response.once('finish', () => request.socket.destroySoon())
}

const addressOf = (request: IncomingMessage): { query: URLSearchParams; origin: string } => {
  const origin = `http://${request.headers.host ?? '127.0.0.1'}`
  return { query: new URL(request.url ?? '/', origin).searchParams, origin }
}

const planned = ({ status, reason, message, retryAfter }: Extract<Effect, { kind: 'status' }>): GcsError =>
  new GcsError(
    status,
    reason ?? (status === 429 ? 'rateLimitExceeded' : 'backendError'),
    message ??
      (status === 429 ? 'The rate of requests is too high.' : 'We encountered an internal error. Please try again.'),
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  )

const whoAsks = ({ options }: Server, request: IncomingMessage): string | null => {
  const { signIn } = options
  if (!signIn) return 'everybody'
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return null
  const email = signIn.whose(token)
  if (email === null) throw new GcsError(401, 'authError', 'Invalid Credentials')
  return email
}

type Asked = { readonly exchange: Exchange; readonly route: Route; readonly effect: Effect | null }

const may = ({ rights }: Server, who: string | null, permission: string): boolean =>
  who !== null && (rights.get(who)?.includes(permission) ?? true)

const require = (world: Server, { exchange: { who }, route }: Asked, permission: string): void => {
  const what =
    permission === 'storage.buckets.create' ? 'project' : permission.includes('.buckets.') ? 'bucket' : 'object'
  if (!may(world, who, permission) || (route.bucket !== undefined && world.reserved.has(route.bucket)))
    throw notAllowed(who, permission, what)
}

const bucketResource = ({ name, location }: { name: string; location: string }) => ({
  kind: 'storage#bucket',
  id: name,
  name,
  location,
  locationType: 'multi-region',
  storageClass: 'STANDARD',
  metageneration: '1',
})

const NewBucket = z.object({ name: z.string(), location: z.string().optional() })

const operations: Readonly<Record<Operation, (world: Server, asked: Asked) => Promise<void> | void>> = {
  'create-bucket': async (world, asked) => {
    require(world, asked, 'storage.buckets.create')
    const { name, location } = NewBucket.parse(await readJson(asked.exchange.request))
    if (world.reserved.has(name))
      throw new GcsError(
        409,
        'conflict',
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      )
    if (world.store.isThere(name))
      throw new GcsError(
        409,
        'conflict',
        'Your previous request to create the named bucket succeeded and you already own it.',
      )
    answer(asked.exchange, 200, { body: bucketResource(world.store.create(name, location)), effect: asked.effect })
  },
  bucket: (world, asked) => {
    require(world, asked, 'storage.buckets.get')
    answer(asked.exchange, 200, { body: bucketResource(bucketOf(world, asked)), effect: asked.effect })
  },
  permissions: (world, asked) => {
    const { exchange, effect } = asked
    bucketOf(world, asked)
    const asksFor = exchange.query.getAll('permissions')
    const permissions = asksFor.filter((permission) => may(world, exchange.who, permission))
    answer(exchange, 200, {
      body: { kind: 'storage#testIamPermissionsResponse', ...(permissions.length > 0 && { permissions }) },
      effect,
    })
  },
  list: (world, asked) => {
    require(world, asked, 'storage.objects.list')
    list(asked.exchange, bucketOf(world, asked), asked.effect, world.options.pageSize ?? 1000)
  },
  stat: (world, asked) => {
    require(world, asked, 'storage.objects.get')
    const { exchange, route, effect } = asked
    const object = findObject(bucketOf(world, asked), route.object ?? '', exchange.query)
    const { crc32c, ...rest } = metadataOf(object)
    // A checksum that is wrong where it is stored.
    answer(exchange, 200, { body: { ...rest, crc32c: effect?.kind === 'corrupt' ? 'AAAAAA==' : crc32c }, effect })
  },
  download: async (world, asked) => {
    require(world, asked, 'storage.objects.get')
    const { exchange, route, effect } = asked
    await sendMedia(exchange, findObject(bucketOf(world, asked), route.object ?? '', exchange.query), effect)
  },
  delete: (world, asked) => {
    require(world, asked, 'storage.objects.delete')
    const { exchange, route, effect } = asked
    const bucket = bucketOf(world, asked)
    const object = findObject(bucket, route.object ?? '', exchange.query)
    checkGeneration(object, exchange.query)
    bucket.objects.delete(object.name)
    answer(exchange, 204, { effect })
  },
  'begin-upload': async (world, asked) => {
    requireWrite(world, asked)
    await world.uploads.begin(asked.exchange, bucketOf(world, asked), asked.effect)
  },
  upload: async (world, asked) => {
    const { exchange, effect } = asked
    const session = exchange.query.get('upload_id')
    if (session !== null) return world.uploads.resume(exchange, session, effect)
    requireWrite(world, asked)
    await world.uploads.atOnce(exchange, bucketOf(world, asked), effect)
  },
  'upload-status': (world, { exchange, effect }) => {
    const session = exchange.query.get('upload_id') ?? ''
    if (exchange.request.method === 'DELETE') return world.uploads.cancel(exchange, session)
    return world.uploads.resume(exchange, session, effect)
  },
}

/** Taking the place of an object is deleting it. */
const requireWrite = (world: Server, asked: Asked): void => {
  require(world, asked, 'storage.objects.create')
  const name = asked.exchange.query.get('name') ?? ''
  if (bucketOf(world, asked).objects.has(name)) require(world, asked, 'storage.objects.delete')
}

const bucketOf = ({ store }: Server, { route }: Asked) => store.bucket(route.bucket ?? '')
