import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { formatBytes, parseBytes } from '#core/kinds/bytes.ts'
import { nameOfDisposition, nameOfUrl } from '#core/kinds/http/file-name.ts'
import { shownUrl, type HttpAnswer } from '#core/kinds/http/http.ts'
import { cutText, readBody } from '#core/kinds/http/read-body.ts'
import { Refused } from '#core/model/failure.ts'
import type { FileHandle, JsonValue } from '#core/model/handle.ts'
import type { RequestContext } from './build-request.ts'

export type Taken = { readonly body?: JsonValue; readonly file?: FileHandle }

const mostOfValue = 1_000_000
const mostOfFile = 2_000_000_000

/** The answer as the settings want it. */
export const takeAnswer = async (context: RequestContext, answer: HttpAnswer): Promise<Taken> => {
  const { config } = context
  if (config.answer === 'none' || config.method === 'HEAD' || answer.status === 204) {
    answer.close()
    return {}
  }
  const given = config.size_limit === undefined ? null : parseBytes(config.size_limit)
  const limit = given ?? (config.answer === 'file' ? mostOfFile : mostOfValue)
  if (Number(answer.headers['content-length'] ?? 0) > limit) {
    answer.close()
    throw tooLarge(answer, limit)
  }
  if (config.answer === 'file') return { file: await keepFile(context, answer, limit) }
  const { bytes, more } = await readBody(answer, limit)
  if (more) throw tooLarge(answer, limit)
  return { body: valueOf(context, answer, bytes) }
}

const tooLarge = ({ url }: HttpAnswer, limit: number): Refused => {
  const message = `${shownUrl(url)} answered with more than ${formatBytes(limit)}. Raise size_limit if that is right, or take the answer as a file.`
  return new Refused({ code: 'limit', message })
}

const keepFile = async (context: RequestContext, answer: HttpAnswer, limit: number): Promise<FileHandle> => {
  const { config, files, progress } = context
  const name =
    config.name ?? nameOfDisposition(answer.headers['content-disposition']) ?? nameOfUrl(answer.url) ?? 'answer'
  await mkdir(files.results, { recursive: true })
  const part = join(files.results, '.answer.part')
  let done = 0
  const counted = async function* () {
    for await (const chunks of answer.body) {
      for (const chunk of chunks) {
        done += chunk.length
        if (done > limit) throw tooLarge(answer, limit)
        yield chunk
      }
      progress({ done, total: null, unit: 'bytes' })
    }
  }
  try {
    // Open before the first byte: a stream that is still about to open it would make it after it was removed.
    const opened = await open(part, 'w')
    await pipeline(counted, opened.createWriteStream())
    await rename(part, join(files.results, name))
  } catch (error) {
    await rm(part, { force: true })
    throw isDiskFull(error) ? diskFull(error) : error
  } finally {
    answer.close()
  }
  return files.handle(join(files.results, name), { name, sha256: true })
}

const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC'

const diskFull = (cause: unknown): Refused =>
  new Refused(
    { code: 'unavailable', message: 'The disk is full: the answer could not be kept. Make room.', retryable: true },
    { cause },
  )

const jsonType = /^[^;]*[/+]json\b/i

const valueOf = ({ config, log }: RequestContext, { headers, url }: HttpAnswer, bytes: Uint8Array): JsonValue => {
  const type = headers['content-type'] ?? ''
  const isJson = config.answer === 'json' || (config.answer === 'auto' && jsonType.test(type))
  const text = textOf(bytes, type, url)
  if (!isJson) return text
  if (text.trim() === '') return null
  try {
    const { value, inexact } = exactJson(text)
    if (inexact > 0)
      log.warning(
        `${inexact} whole numbers of the answer are beyond what JSON numbers hold here; they are texts, so that no digit is lost.`,
      )
    return value
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const begins = cutText(text.replace(/\s+/g, ' '), 120)
    const message = `${shownUrl(url)} answered with what is no JSON: ${said}. It begins “${begins}”. Take it as text, or correct the request.`
    throw new Refused({ code: 'data', message }, { cause })
  }
}

const textOf = (bytes: Uint8Array, type: string, url: URL): string => {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch (cause) {
    const message = `${shownUrl(url)} answered with what is no text in ${charset} (${type || 'of no type'}). Take the answer as a file.`
    throw new Refused({ code: 'data', message }, { cause })
  }
}

/** Whole numbers that a JavaScript number would round become texts. */
const exactJson = (text: string): { readonly value: JsonValue; readonly inexact: number } => {
  let inexact = 0
  const value = JSON.parse(text, (_key, each: unknown, context?: { readonly source?: string }) => {
    const source = context?.source
    if (typeof each !== 'number' || source === undefined || Number.isSafeInteger(each) || !/^-?\d+$/.test(source))
      return each
    inexact += 1
    return source
  }) as JsonValue
  return { value, inexact }
}
