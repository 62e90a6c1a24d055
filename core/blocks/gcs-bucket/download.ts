import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { answerOfBody } from '#core/google/answer.ts'
import { textOf, type WireAnswer } from '#core/google/wire.ts'
import { retryAfter } from '#core/kinds/http/retry-after.ts'
import { Refused } from '#core/model/failure.ts'
import type { SeenObject } from './client.ts'
import { crc32c, crc32cText } from './crc32c.ts'
import { isMissing, refusalOf } from './explain.ts'
import { createRetries } from './retry.ts'
import { HttpRefusal } from './send-file.ts'
import { locationOf } from './target.ts'
import type { UploadWorld } from './upload.ts'

export type Download = {
  /** In full, with the folder. */
  readonly name: string
  readonly path: string
  readonly signal: AbortSignal
  progress(bytes: number): void
}

/** The object as it is when it begins, whole or not at all. */
export const downloadFile = async (world: UploadWorld, download: Download): Promise<SeenObject> => {
  const { name, path, signal } = download
  const object = await world.control.look(name, signal)
  if (!object) throw notThere(name, world)
  const part = `${path}.part-${randomUUID().slice(0, 12)}`
  await mkdir(dirname(path), { recursive: true })
  const file = await open(part, 'w')
  try {
    await fetchWhole(world, download, { object, file })
    await file.sync()
    await file.close()
    await rename(part, path)
    return object
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(part, { force: true })
    if (signal.aborted) throw stopped(error)
    throw diskFull(error, path) ?? refusalOf(error, world.target, `download “${name}”`)
  }
}

type Into = { readonly object: SeenObject; readonly file: FileHandle }

const mostTries = 3

const fetchWhole = async (world: UploadWorld, download: Download, into: Into): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const sum = await fetchOnce(world, download, into)
    const { crc32c: expected } = into.object
    if (expected === null || crc32cText(sum) === expected) return
    if (attempt < mostTries) continue
    const message = `“${download.name}” came changed ${mostTries} times: its checksum is not the one that Google keeps. Something between Google and this machine spoils what is sent: try another network or without a proxy.`
    throw new Refused({ code: 'data', message, retryable: true })
  }
}

/** Goes on where a connection broke. The checksum of all of it. */
const fetchOnce = async (world: UploadWorld, download: Download, { object, file }: Into): Promise<number> => {
  const retries = createRetries(world.target, download.signal)
  let [done, sum] = [0, 0]
  while (done < object.bytes) {
    try {
      for await (const bytes of await ask(world, download, { object, from: done })) {
        await file.write(bytes, 0, bytes.length, done)
        sum = crc32c(bytes, sum)
        done += bytes.length
        download.progress(done)
        retries.progressed()
      }
      if (done < object.bytes) throw Object.assign(new Error('The answer was cut short.'), { code: 'ECONNRESET' })
    } catch (error) {
      await retries.again(error, error instanceof HttpRefusal ? error.pause : null)
    }
  }
  return sum
}

const ask = async (
  { target, wire }: UploadWorld,
  { name, signal }: Download,
  { object, from }: { object: SeenObject; from: number },
): Promise<AsyncIterable<Buffer>> => {
  const query = `alt=media&generation=${object.generation}`
  const url = `${target.endpoint}/storage/v1/b/${target.bucket}/o/${encodeURIComponent(name)}?${query}`
  // As it is stored: Google would unpack what was stored as packed.
  const headers = { 'accept-encoding': 'gzip', range: `bytes=${from}-` }
  const answer = await wire.send({
    method: 'GET',
    url,
    headers: { ...(await target.google.headers(signal)), ...headers },
    signal,
  })
  if (answer.status === 206 || (answer.status === 200 && from === 0)) return answer.body
  throw await refusal(answer, name)
}

const refusal = async (answer: WireAnswer, name: string): Promise<Error> => {
  const told = answerOfBody(answer.status, await textOf(answer))
  if (isMissing(told) || answer.status === 416) {
    const message = `“${name}” was replaced or deleted while it was downloaded. Try again to get it as it is now.`
    return new Refused({ code: 'conflict', message, retryable: true })
  }
  return new HttpRefusal(told, retryAfter(answer.header('retry-after') ?? undefined, Date.now()))
}

const notThere = (name: string, { target }: UploadWorld): Refused => {
  const { folder } = target
  const short = name.startsWith(folder) ? name.slice(folder.length) : name
  return new Refused({
    code: 'not-found',
    message: `There is no “${short}” in ${locationOf(target)}. Was it uploaded, and is its name right?`,
  })
}

const stopped = (cause: unknown): Refused =>
  new Refused({ code: 'cancelled', message: 'The download was stopped; nothing of it is left here.' }, { cause })

const diskFull = (error: unknown, path: string): Refused | null => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOSPC')
    return new Refused(
      { code: 'limit', message: `The disk is full: ${path} could not be written.`, retryable: true },
      { cause: error },
    )
  if (code === 'EACCES' || code === 'EPERM')
    return new Refused(
      { code: 'denied', message: `${path} cannot be written: the right is missing.` },
      { cause: error },
    )
  return null
}
