import { answerOf } from '#core/google/answer.ts'
import { GoogleRefused } from '#core/google/google-refused.ts'
import type { Wire } from '#core/google/wire.ts'
import { Refused } from '#core/model/failure.ts'
import type { BucketControl, SeenObject } from './client.ts'
import { crc32cText } from './crc32c.ts'
import { lackingRight, overtaken, refusalOf } from './explain.ts'
import { sendFile, SessionEnded, SpoiltOnTheWay } from './send-file.ts'
import { markOf, openSource, type SourceFile } from './source-file.ts'
import type { GcsTarget } from './target.ts'

export type Upload = {
  readonly path: string
  /** In full, with the folder. */
  readonly name: string
  readonly uploadId: string
  readonly signal: AbortSignal
  progress(bytes: number): void
}

export type UploadWorld = { readonly target: GcsTarget; readonly control: BucketControl; readonly wire: Wire }

/** Takes the place of the object that is there when it begins, and of no later one. */
export const uploadFile = async (world: UploadWorld, upload: Upload): Promise<SeenObject> => {
  const source = await openSource(upload.path)
  try {
    return await uploadFrom(world, upload, source)
  } finally {
    await source.close()
  }
}

const uploadFrom = async (world: UploadWorld, upload: Upload, source: SourceFile): Promise<SeenObject> => {
  const { name, uploadId, signal, progress } = upload
  const mark = markOf(uploadId, name)
  const seen = await lookBefore(world, name, signal)
  // A try before this one may have come to its end without being heard.
  const made = seen === 'hidden' ? null : await madeBefore(seen, mark, source)
  if (made) {
    progress(source.bytes)
    return made
  }
  const generation = seen === 'hidden' ? '0' : (seen?.generation ?? '0')
  try {
    return await inSessions(world, upload, { source, mark, generation })
  } catch (error) {
    if (signal.aborted) throw stopped(error)
    const answer = error instanceof GoogleRefused ? error.answer : answerOf(error)
    if (answer.status !== 412) throw refusalOf(error, world.target, `upload “${name}”`)
    if (seen === 'hidden') throw new GoogleRefused(lackingRight('storage.objects.get', world.target), answer)
    const now = await madeBefore(await world.control.look(name, signal), mark, source)
    if (now) return now
    throw overtaken(name, answer)
  }
}

const stopped = (cause: unknown): Refused =>
  new Refused({ code: 'cancelled', message: 'The upload was stopped; what was in the bucket is as it was.' }, { cause })

/** Those who may add objects, but not see them, can do so where none is. */
const lookBefore = async (
  { control, target }: UploadWorld,
  name: string,
  signal: AbortSignal,
): Promise<SeenObject | 'hidden' | null> => {
  try {
    return await control.look(name, signal)
  } catch (error) {
    if (!(error instanceof GoogleRefused)) throw error
    const { status } = error.answer
    if (status === 403) return 'hidden'
    if (status !== 404 || !target.createBucket) throw error
    await control.createBucket(signal)
    return null
  }
}

const madeBefore = async (seen: SeenObject | null, mark: string, source: SourceFile): Promise<SeenObject | null> => {
  if (seen?.mark !== mark || seen.bytes !== source.bytes) return null
  return crc32cText(await source.checksum()) === seen.crc32c ? seen : null
}

type Begun = { readonly source: SourceFile; readonly mark: string; readonly generation: string }

/** Sessions end after a week, or when Google loses them: then another one begins from the start. */
const mostSessions = 4

const inSessions = async (
  world: UploadWorld,
  upload: Upload,
  { source, mark, generation }: Begun,
): Promise<SeenObject> => {
  const { name, signal } = upload
  for (let session = 1; ; session += 1) {
    const uri = await world.control.begin({ name, bytes: source.bytes, generation, mark }, signal)
    try {
      const object = await sendFile({ uri, source, upload, ...world })
      await requireWhole(world, object, source)
      return object
    } catch (error) {
      if (!(error instanceof SessionEnded || error instanceof SpoiltOnTheWay)) throw error
      if (session === mostSessions) throw givenUp(error, name)
    }
  }
}

const givenUp = (error: SessionEnded | SpoiltOnTheWay, name: string): Refused => {
  if (error instanceof SessionEnded)
    return new Refused({
      code: 'unavailable',
      retryable: true,
      message: `Google ended the upload of “${name}” ${mostSessions} times before it was whole. Try again later.`,
    })
  const message = `“${name}” arrived changed ${mostSessions} times: its checksum at Google’s is not that of the file. Nothing was put into the bucket. Something between this machine and Google spoils what is sent: try another network or without a proxy.`
  return new Refused({ code: 'data', retryable: true, message })
}

/** Google was told the checksum and has compared it; this is the other way round. */
const requireWhole = async ({ target }: UploadWorld, object: SeenObject, source: SourceFile): Promise<void> => {
  const expected = crc32cText(await source.checksum())
  if (object.bytes === source.bytes && (object.crc32c === null || object.crc32c === expected)) return
  const message = `“${object.name}” in ${target.bucket} is not what was sent: ${object.bytes} bytes with checksum ${object.crc32c} in place of ${source.bytes} with ${expected}. Run the task again to replace it.`
  throw new Refused({ code: 'data', message, retryable: true })
}
