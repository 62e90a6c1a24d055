import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { TestStage } from '#core/model/block.ts'
import { startGcs, type GcsServer } from '#test/fakes/gcs/server.ts'
import { startSignIn, type Account, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { containing } from '#test/fixtures/containing.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { gcsBucketBlock } from './index.ts'

let tokens: SignInServer
let account: Account
let gcs: GcsServer
beforeAll(async () => {
  tokens = await startSignIn()
  account = tokens.account()
})
afterAll(() => tokens.close())
beforeEach(async () => {
  gcs = await startGcs({ signIn: tokens })
  gcs.createBucket('lake')
  vi.stubEnv('STORAGE_EMULATOR_HOST', gcs.url)
  vi.stubEnv('MILLRACE_GOOGLE_TOKEN_URI', tokens.tokenUri)
  return async () => {
    vi.unstubAllEnvs()
    await gcs.close()
  }
})

const warnings: string[] = []
const contextOf = (settings: unknown, as = account) => ({
  settings: gcsBucketBlock.config.parse({
    bucket: 'lake',
    gcp_credentials: 'block:gcp-credentials/zoom',
    ...Object(settings),
  }),
  secret: () => Promise.reject(new Error('A bucket has no secret of its own.')),
  block: () => Promise.resolve({ type: 'gcp-credentials', settings: {}, secret: () => Promise.resolve(as.keyFile) }),
  http: noHttp,
  home: '/nowhere',
  signal: new AbortController().signal,
  warn: (message: string) => void warnings.push(message),
})

const stagesWith = (settings: unknown, { write = false, create = false, as = account } = {}): Promise<TestStage[]> =>
  Array.fromAsync(gcsBucketBlock.test({ ...contextOf(settings, as), write, create }))

test('its examples are valid, and names that are none are not', () => {
  const isValid = (settings: unknown) => gcsBucketBlock.config.safeParse(settings).success
  for (const example of gcsBucketBlock.examples) expect(isValid(example)).toBe(true)
  for (const bucket of ['gs://lake', 'Lake', 'a', 'a/b']) expect(isValid({ bucket })).toBe(false)
  expect(isValid({ bucket: 'lake', bucket_folder: 'a/../b' })).toBe(false)
})

test('a bucket that is right passes all stages, and a test that may write leaves nothing', async () => {
  expect(await stagesWith({ bucket_folder: '/raw/' }, { write: true })).toMatchObject([
    { stage: 'Read the credentials', ok: true },
    { stage: 'Reach Google and compare clocks', ok: true },
    { stage: 'Sign in', ok: true, message: `As ${account.email}.` },
    { stage: 'Find the bucket', ok: true, message: 'gs://lake/raw, in US.' },
    { stage: 'Rights in the bucket', ok: true, message: 'It may list, download, upload, replace and delete.' },
    { stage: 'Write and take away', ok: true },
  ])
  expect(gcs.names('lake')).toEqual([])
})

test('a bucket that is missing comes with the offer to create it, and with the command that does', async () => {
  const offer = { action: 'create', title: 'Create the bucket in US' }
  expect((await stagesWith({ bucket: 'absent' }, { write: true })).at(-1)).toMatchObject({
    stage: 'Find the bucket',
    ok: false,
    message: 'There is no bucket “absent”.',
    remedy: containing(/gcloud storage buckets create gs:\/\/absent --location=US --project=test-project/),
    offer,
  })
  expect(gcs.hasBucket('absent')).toBe(false)
  expect((await stagesWith({ bucket: 'absent' }, { create: true })).slice(-3)).toMatchObject([
    { stage: 'Find the bucket', ok: true, message: 'There is no bucket “absent” yet.' },
    { stage: 'Create the bucket', ok: true, message: 'gs://absent in US.' },
    { stage: 'Rights in the bucket', ok: true },
  ])
  expect(gcs.hasBucket('absent')).toBe(true)
  expect((await stagesWith({ bucket: 'absent' }, { create: true })).map(({ stage }) => stage)).not.toContain(
    'Create the bucket',
  )
})

test('a bucket that the block creates is missing without harm, and created by a test that may write', async () => {
  const wanted = { bucket: 'absent', create_bucket: true, location: 'EU' }
  expect((await stagesWith(wanted)).at(-1)).toMatchObject({
    ok: true,
    message: containing(/first upload makes it/),
    offer: { title: 'Create the bucket in EU' },
  })
  expect((await stagesWith(wanted, { write: true })).slice(-3)).toMatchObject([
    { stage: 'Create the bucket', ok: true, message: 'gs://absent in EU.' },
    { stage: 'Rights in the bucket', ok: true },
    { stage: 'Write and take away', ok: true },
  ])
})

test('whoever may not create a bucket is told which right is missing', async () => {
  const reader = tokens.account('reader')
  gcs.allow(reader.email, ['storage.buckets.get', 'storage.objects.get'])
  expect((await stagesWith({ bucket: 'absent' }, { as: reader, create: true })).at(-1)).toMatchObject({
    stage: 'Create the bucket',
    ok: false,
    message: containing(/reader@.* lacks the right storage\.buckets\.create/),
    remedy: containing(/roles\/storage\.admin/),
  })
})

test('rights that are missing are named', async () => {
  const reader = tokens.account('reader')
  gcs.allow(reader.email, ['storage.objects.get', 'storage.objects.list'])
  expect(await stagesWith({}, { as: reader, write: true })).toMatchObject([
    {},
    {},
    {},
    { stage: 'Find the bucket', ok: true, message: containing(/its location may not be seen/) },
    { stage: 'Rights in the bucket', ok: true, message: containing(/it may not upload \(storage\.objects\.create\)/) },
    { stage: 'Write and take away', ok: false, remedy: containing(/--role=roles\/storage\.objectUser/) },
  ])
  const stranger = tokens.account('stranger')
  gcs.allow(stranger.email, [])
  expect((await stagesWith({}, { as: stranger })).at(-1)).toMatchObject({
    stage: 'Find the bucket',
    ok: false,
    message: containing(/stranger@.* lacks the right storage\.buckets\.get/),
  })
})

test('whoever uses it is warned that it is not Google’s', async () => {
  warnings.length = 0
  const storage = await gcsBucketBlock.openStorage?.(contextOf({}))
  expect(warnings).toEqual([`This bucket is not Google’s: STORAGE_EMULATOR_HOST says ${gcs.url}.`])
  expect(await storage?.stat('x')).toBeNull()
  await storage?.close()
})

test('with an emulator and no local sign-in nobody signs in anywhere', async () => {
  vi.stubEnv('MILLRACE_GOOGLE_TOKEN_URI', '')
  const open = await startGcs()
  open.createBucket('lake')
  vi.stubEnv('STORAGE_EMULATOR_HOST', open.url.replace('http://', ''))
  const stages = await stagesWith({}, { write: true })
  expect(stages.map(({ stage }) => stage)).not.toContain('Reach Google and compare clocks')
  expect(stages.every(({ ok }) => ok)).toBe(true)
  await open.close()
})
