import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { JWT } from 'google-auth-library'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startSignIn, type Account, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { startGcs, type GcsServer } from './server.ts'

/** Google's own client, as it is, against the server that stands in. */
let signIn: SignInServer
let account: Account
let gcs: GcsServer
let storage: Storage
/** Google's client does not sign the streams of uploads to an emulator. */
let open: { readonly gcs: GcsServer; readonly storage: Storage }
beforeAll(async () => {
  signIn = await startSignIn()
  account = signIn.account()
})
afterAll(() => signIn.close())
beforeEach(async () => {
  gcs = await startGcs({ signIn, pageSize: 3 })
  storage = clientOf(account)
  gcs.createBucket('lake')
  const other = await startGcs()
  other.createBucket('lake')
  open = { gcs: other, storage: new Storage({ apiEndpoint: other.url, projectId: 'test-project', retryOptions }) }
  return () => Promise.all([gcs.close(), other.close()])
})

const KeyFile = z.object({ client_email: z.string(), private_key: z.string() })

const clientOf = ({ keyFile }: Account): Storage => {
  const { client_email: email, private_key: key } = KeyFile.parse(JSON.parse(keyFile))
  const local: typeof fetch = (input, init) =>
    fetch(input instanceof URL && input.hostname.startsWith('oauth2.') ? signIn.tokenUri : input, init)
  const authClient = new JWT({
    email,
    key,
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    transporterOptions: { fetchImplementation: local },
  })
  return new Storage({
    apiEndpoint: gcs.url,
    useAuthWithCustomEndpoint: true,
    authClient,
    projectId: 'test-project',
    retryOptions,
  })
}

const retryOptions = {
  idempotencyStrategy: IdempotencyStrategy.RetryConditional,
  maxRetries: 4,
  retryDelayMultiplier: 1.01,
}

const bytes = randomBytes(900_000)
const fileOf = (name: string) => open.storage.bucket('lake').file(name)
const bucket = () => storage.bucket('lake')
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof Error && 'code' in error ? error.code : error
}

describe('Google’s client', () => {
  test('uploads at once, and in a session, and reads both back', async () => {
    await fileOf('small.txt').save('hello', {
      resumable: false,
      contentType: 'text/plain',
      metadata: { metadata: { by: 'us' } },
    })
    await fileOf('a/large.bin').save(bytes, { resumable: true })
    expect(open.gcs.read('lake', 'small.txt').toString()).toBe('hello')
    expect(open.gcs.metadata('lake', 'small.txt')).toMatchObject({
      contentType: 'text/plain',
      size: '5',
      metadata: { by: 'us' },
    })
    expect(open.gcs.read('lake', 'a/large.bin')).toEqual(bytes)
    expect((await fileOf('a/large.bin').download())[0]).toEqual(bytes)
    expect((await fileOf('a/large.bin').download({ start: 10, end: 19 }))[0]).toEqual(bytes.subarray(10, 20))
  })

  test('uploads in parts, and goes on where a cut connection ended', async () => {
    open.gcs.faults.plan('upload', { kind: 'reset', afterBytes: 300_000 })
    const parts = fileOf('parts.bin')
    const sink = parts.createWriteStream({
      chunkSize: 512 * 1024,
      resumable: true,
      preconditionOpts: { ifGenerationMatch: 0 },
    })
    await pipeline(Readable.from([bytes]), sink)
    expect(open.gcs.read('lake', 'parts.bin')).toEqual(bytes)
    expect(open.gcs.requests.filter(({ operation }) => operation === 'upload-status')).not.toEqual([])
    expect(open.gcs.openUploads()).toBe(0)
  })

  test('rides out a storm of 503', async () => {
    open.gcs.faults.plan('begin-upload', { kind: 'status', status: 503 }, 2)
    open.gcs.faults.plan('stat', { kind: 'status', status: 503 }, 2)
    const storm = fileOf('storm.bin')
    await storm.save(bytes, { resumable: true, preconditionOpts: { ifGenerationMatch: 0 } })
    const [{ size }] = await storm.getMetadata()
    expect(Number(size)).toBe(bytes.length)
    expect(open.gcs.faults.left()).toBe(0)
  })

  test('is told of bytes that changed on their way, up and down', async () => {
    open.gcs.faults.plan('upload', { kind: 'corrupt' })
    expect(await codeOf(fileOf('wrong.bin').save(bytes, { resumable: true, validation: 'crc32c' }))).not.toBeNull()
    open.gcs.put('lake', 'right.bin', bytes)
    open.gcs.faults.plan('download', { kind: 'corrupt' })
    expect(await codeOf(fileOf('right.bin').download({ validation: 'crc32c' }))).toBe('CONTENT_DOWNLOAD_MISMATCH')
  })

  test('a session that has ended is told', async () => {
    gcs.faults.plan('upload', { kind: 'expire' })
    const [uri] = await bucket().file('late.bin').createResumableUpload()
    const answer = await fetch(uri, { method: 'PUT', body: 'late' })
    expect(answer.status).toBe(410)
  })

  test('a slow body comes whole', async () => {
    gcs.put('lake', 'slow.bin', bytes)
    gcs.faults.plan('download', { kind: 'slow', bytesPerSecond: 20_000_000 })
    expect(await buffer(bucket().file('slow.bin').createReadStream())).toEqual(bytes)
  })

  test('a condition that does not hold changes nothing', async () => {
    gcs.put('lake', 'x', 'old')
    const file = bucket().file('x')
    expect(await codeOf(file.save('new', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } }))).toBe(412)
    expect(await codeOf(file.delete({ ifGenerationMatch: 1 }))).toBe(412)
    const generation = Number(gcs.generation('lake', 'x'))
    await file.save('new', { resumable: false, preconditionOpts: { ifGenerationMatch: generation } })
    expect(gcs.read('lake', 'x').toString()).toBe('new')
    await file.delete()
    expect(gcs.names('lake')).toEqual([])
  })

  test('lists page by page, by prefix and by folder', async () => {
    for (const name of ['a/1', 'a/2', 'a/b/3', 'b/4', 'c']) gcs.put('lake', name, name)
    const [all] = await bucket().getFiles()
    expect(all.map(({ name }) => name)).toEqual(['a/1', 'a/2', 'a/b/3', 'b/4', 'c'])
    const [below] = await bucket().getFiles({ prefix: 'a/', delimiter: '/' })
    expect(below.map(({ name }) => name)).toEqual(['a/1', 'a/2'])
    expect(gcs.requests.filter(({ operation }) => operation === 'list').length).toBeGreaterThan(1)
  })

  test('makes buckets, but not those that are there', async () => {
    await storage.createBucket('new-bucket', { location: 'eu' })
    expect((await storage.bucket('new-bucket').getMetadata())[0]).toMatchObject({ location: 'EU' })
    expect(await codeOf(storage.createBucket('new-bucket'))).toBe(409)
    gcs.reserveBucket('taken')
    expect(await codeOf(storage.createBucket('taken'))).toBe(409)
    expect(await codeOf(storage.bucket('taken').getMetadata())).toBe(403)
    expect(await codeOf(storage.bucket('absent').getMetadata())).toBe(404)
    expect(await codeOf(storage.createBucket('Not A Name'))).toBe(400)
  })

  test('only does what its account may', async () => {
    const reader = signIn.account('reader')
    gcs.allow(reader.email, ['storage.objects.get', 'storage.objects.list'])
    gcs.put('lake', 'x', 'old')
    const file = clientOf(reader).bucket('lake').file('x')
    expect((await file.download())[0].toString()).toBe('old')
    const refused: unknown = await file.save('new', { resumable: false }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 403, errors: [{ reason: 'forbidden' }] })
    expect(String(refused)).toContain(`${reader.email} does not have storage.objects.create access`)
    const [rights] = await clientOf(reader)
      .bucket('lake')
      .iam.testPermissions(['storage.objects.get', 'storage.objects.create'])
    expect(rights).toEqual({ 'storage.objects.get': true, 'storage.objects.create': false })
  })

  test('nobody without a sign-in is served, and no token that was not given', async () => {
    gcs.put('lake', 'x', 'x')
    const url = `${gcs.url}/storage/v1/b/lake/o/x`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { authorization: 'Bearer made-up' } })).status).toBe(401)
  })
})
