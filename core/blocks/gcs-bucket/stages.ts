import { randomUUID } from 'node:crypto'
import { credentialsOf } from '#core/google/credentials.ts'
import { GoogleRefused } from '#core/google/google-refused.ts'
import { answerOfBody } from '#core/google/answer.ts'
import { signInStages, tried } from '#core/google/stages.ts'
import { openWire, textOf } from '#core/google/wire.ts'
import type { TestContext } from '#core/kinds/block-type.ts'
import type { TestStage } from '#core/model/block.ts'
import { openControl, type BucketControl } from './client.ts'
import { howToCreate, lackingRight, noBucket, refusalOf } from './explain.ts'
import { HttpRefusal } from './send-file.ts'
import type { GcsSettings } from './settings.ts'
import { locationOf, targetOf, type GcsTarget } from './target.ts'

/** One after the other, up to the first that fails. */
export async function* testStages(context: TestContext<GcsSettings>): AsyncGenerator<TestStage> {
  const { settings, signal, write = false, create = false } = context
  const google = yield* signInStages(() => credentialsOf(context, settings.gcp_credentials), {
    service: 'storage',
    signal,
  })
  if (!google) return
  const target = await targetOf(context, google)
  const control = await openControl(target)
  const found = await tried(
    'Find the bucket',
    () => lookedAt({ target, control }, signal),
    (place) => foundMessage(target, place),
  )
  const isMissing = found.value === 'missing'
  yield isMissing ? missing(found.stage, target, { write, create }) : found.stage
  if (!found.stage.ok) return
  if (isMissing) {
    if (!create && !(write && target.createBucket)) return
    const made = await tried(
      'Create the bucket',
      () => control.createBucket(signal),
      () => `gs://${target.bucket} in ${target.bucketLocation}.`,
    )
    yield made.stage
    if (!made.stage.ok) return
  }
  const rights = await tried('Rights in the bucket', () => rightsIn({ target, control }, signal), rightsMessage)
  yield rights.stage
  if (!rights.stage.ok || !write) return
  const written = await tried(
    'Write and take away',
    () => writeSomething({ target, control }, signal),
    (said) => said,
  )
  yield written.stage
}

type Tested = { readonly target: GcsTarget; readonly control: BucketControl }

type Place = { readonly location: string } | 'hidden' | 'missing'

const foundMessage = (target: GcsTarget, place: Place): string => {
  if (place === 'missing') return `There is no bucket “${target.bucket}” yet.`
  if (place === 'hidden') return `${locationOf(target)}; its location may not be seen by ${target.google.identity}.`
  return `${locationOf(target)}, in ${place.location}.`
}

/** That it is missing is right where this test, or the first upload, creates it. */
const missing = (
  stage: TestStage,
  target: GcsTarget,
  { write, create }: { write: boolean; create: boolean },
): TestStage => {
  const { bucketLocation, createBucket } = target
  if (create || (write && createBucket)) return stage
  const offer = { action: 'create', title: `Create the bucket in ${bucketLocation}` } as const
  if (createBucket) return { ...stage, message: 'It is not there yet; the first upload makes it.', offer }
  return { ...stage, ok: false, message: noBucket(target).message, remedy: howToCreate(target), offer }
}

const refused = (explained: ConstructorParameters<typeof GoogleRefused>[0]): GoogleRefused =>
  new GoogleRefused(explained, { status: null, reason: '', message: '', network: null })

/** Accounts that may use objects often may not look at the bucket; then its rights tell. */
const lookedAt = async ({ control }: Tested, signal: AbortSignal): Promise<Place> => {
  try {
    return (await control.bucket(signal)) ?? 'missing'
  } catch (error) {
    const isHidden = error instanceof GoogleRefused && error.answer.status === 403
    if (isHidden && (await control.permissions(needed, signal)).length > 0) return 'hidden'
    throw error
  }
}

const needed = ['storage.objects.list', 'storage.objects.get', 'storage.objects.create', 'storage.objects.delete']

const rightsIn = async ({ target, control }: Tested, signal: AbortSignal): Promise<readonly string[]> => {
  const found = await control.permissions(needed, signal)
  if (found.length === 0) throw refused(lackingRight('storage.objects.get', target))
  return found
}

const deeds: Readonly<Record<string, string>> = {
  'storage.objects.list': 'list',
  'storage.objects.get': 'download',
  'storage.objects.create': 'upload',
  'storage.objects.delete': 'replace and delete',
}

const rightsMessage = (found: readonly string[]): string => {
  const may = needed.filter((permission) => found.includes(permission)).map((permission) => deeds[permission])
  const mayNot = needed
    .filter((permission) => !found.includes(permission))
    .map((permission) => `${deeds[permission]} (${permission})`)
  return mayNot.length === 0
    ? `It may ${may.join(', ')}.`
    : `It may ${may.join(', ')}; it may not ${mayNot.join(', ')}.`
}

const writeSomething = async ({ target, control }: Tested, signal: AbortSignal): Promise<string> => {
  const name = `${target.folder}millrace-test-${randomUUID()}`
  const wire = openWire()
  const uri = await control.begin({ name, bytes: 0, generation: '0', mark: 'test' }, signal)
  try {
    const headers = { ...(await target.google.headers(signal)), 'content-length': 0 }
    const answer = await wire.send({ method: 'PUT', url: uri, headers, signal })
    const text = await textOf(answer)
    if (answer.status !== 200) throw new HttpRefusal(answerOfBody(answer.status, text), null)
  } catch (error) {
    throw refusalOf(error, target, `upload “${name}”`)
  } finally {
    wire.close()
  }
  await control.delete(name, signal)
  return 'An empty object was written and deleted.'
}
