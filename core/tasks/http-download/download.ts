import { setTimeout as wait } from 'node:timers/promises'
import { formatBytes } from '#core/kinds/bytes.ts'
import { urlBelow, type Endpoint } from '#core/kinds/http/endpoint.ts'
import { shownUrl, type Headers, type HttpAnswer } from '#core/kinds/http/http.ts'
import { beginningOf } from '#core/kinds/http/read-body.ts'
import { Refused } from '#core/model/failure.ts'
import { nameOfDisposition, nameOfUrl } from '#core/kinds/http/file-name.ts'
import { NotWritten, partialFile, urlHash, type Begun, type PartialFile, type Version } from './partial-file.ts'
import { refusalOfDisk, refusalOfStatus, tooLarge } from './refusals.ts'
import type { DownloadContext, Received } from './settings.ts'

export type Limits = {
  readonly limit: number | null
  readonly idleTimeout: number
  /** The URL is a path below it. */
  readonly endpoint: Endpoint | null
}

type Transfer = Limits & { readonly context: DownloadContext; readonly url: URL; readonly partial: PartialFile }

/** Connections in a row that may break without a new byte before the download is given up. */
const patience = 3

/** Downloads to a partial file and goes on with it after a break, also with what an earlier attempt left. */
export const download = async (context: DownloadContext, limits: Limits): Promise<Received> => {
  const { config, files, log, signal } = context
  const url = limits.endpoint ? urlBelow(limits.endpoint.base, config.url) : parseUrl(config.url)
  const partial = partialFile(files.results, url)
  const transfer: Transfer = { ...limits, context, url, partial }
  let idle = 0
  let began = false
  for (;;) {
    const before = await resumable(partial)
    try {
      const received = await fetchRest(transfer, before)
      log.info(`Downloaded ${shownUrl(url)}`)
      return received
    } catch (error) {
      if (signal.aborted)
        throw new Refused({ code: 'cancelled', message: 'The download was cancelled.' }, { cause: error })
      const refused = error instanceof NotWritten ? refusalOfDisk(error) : error
      if (!(refused instanceof Refused)) throw error
      const after = await resumable(partial)
      const came = after !== null && after.bytes > (before?.bytes ?? 0)
      idle = came ? 0 : idle + 1
      began ||= came
      if (error instanceof NotWritten || !refused.failure.retryable || !began || after === null || idle > patience)
        throw refused
      log.warning(`${refused.message} Going on after ${formatBytes(after.bytes)}.`)
      if (idle > 0) await wait(50 * 2 ** idle, null, { signal }).catch(() => undefined)
    }
  }
}

const parseUrl = (text: string): URL => {
  if (URL.canParse(text)) return new URL(text)
  throw new Refused({ code: 'invalid', message: `“${text}” is no URL.` })
}

/** What is there and can be continued: only with a validator is it sure that the rest is of the same file. */
const resumable = async (partial: PartialFile): Promise<Begun | null> => {
  const begun = await partial.begun()
  return begun && begun.bytes > 0 && begun.version.validator !== null ? begun : null
}

const fetchRest = async (transfer: Transfer, begun: Begun | null): Promise<Received> => {
  const { context, url, partial } = transfer
  if (begun && begun.bytes === begun.version.total) return complete(partial, begun.version)
  const answer = await ask(transfer, begun)
  const { status } = answer
  try {
    if (begun && status === 416) return await startOver(transfer, 'the server no longer has that part')
    if (status !== 200 && !(begun && status === 206)) throw refusalOfStatus(answer, await beginningOf(answer))
    if (begun && status === 206 && !continues(answer, begun))
      return await startOver(transfer, 'the server sent another part')
    const version = status === 206 && begun ? begun.version : versionOf(url, answer)
    if (status === 200) {
      if (begun) context.log.info('The file has changed or cannot be continued: beginning anew')
      refuseEncoded(answer, url)
      warnOfPage(context, answer, version)
      refuseLarge(transfer, version.total ?? 0)
      await partial.begin(version)
    }
    await receive(transfer, answer.body, { bytes: status === 206 && begun ? begun.bytes : 0, version })
    return await complete(partial, version)
  } finally {
    answer.close()
  }
}

const ask = ({ context, url, idleTimeout, endpoint }: Transfer, begun: Begun | null): Promise<HttpAnswer> => {
  const { config, files, http, log, signal } = context
  const certificates = config.certificates === undefined ? endpoint?.certificates : files.resolve(config.certificates)
  return http.open({
    method: 'GET',
    url,
    headers: requestHeaders(context, begun),
    idleTimeout,
    redirects: config.max_redirects,
    redirected: (to) => log.debug(`Redirected to ${to}`),
    credentials: endpoint?.credentials,
    certificates,
    settings: { certificates: 'certificates', idleTimeout: 'idle_timeout' },
    signal,
  })
}

const requestHeaders = ({ config }: DownloadContext, begun: Begun | null): Headers => ({
  'user-agent': config.user_agent,
  accept: '*/*',
  ...config.headers,
  // A server must not compress on the way: what is stored is what the file is.
  'accept-encoding': 'identity',
  ...(begun?.version.validator && { range: `bytes=${begun.bytes}-`, 'if-range': begun.version.validator }),
})

const startOver = async (transfer: Transfer, because: string): Promise<Received> => {
  transfer.context.log.info(`Beginning anew: ${because}`)
  await transfer.partial.discard()
  return fetchRest(transfer, null)
}

const complete = async (partial: PartialFile, { name }: Version): Promise<Received> => {
  await partial.finish()
  return { path: partial.path, name }
}

const versionOf = (asked: URL, { headers, url }: HttpAnswer): Version => {
  const { etag, 'last-modified': modified, 'content-length': length, 'content-disposition': disposition } = headers
  const strong = etag !== undefined && !etag.startsWith('W/') ? etag : null
  return {
    url: urlHash(asked),
    validator: strong ?? modified ?? null,
    total: length === undefined ? null : Number(length),
    name: nameOfDisposition(disposition) ?? nameOfUrl(asked) ?? nameOfUrl(url) ?? 'download',
  }
}

/** Whether a 206 brings just what is missing: `bytes 500-999/1000`. */
const continues = ({ headers }: HttpAnswer, { bytes, version }: Begun): boolean => {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
  if (!range || Number(range[1]) !== bytes) return false
  return version.total === null || range[2] === '*' || Number(range[2]) === version.total
}

/** gzip is kept as it is and known by its content; nothing else is expected after asking for no encoding. */
const refuseEncoded = ({ headers }: HttpAnswer, url: URL): void => {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (['identity', 'gzip', 'x-gzip', ''].includes(encoding)) return
  const message = `${url.host} sent the file encoded as ${encoding}, though asked not to. Try another URL of it.`
  throw new Refused({ code: 'data', message })
}

const warnOfPage = ({ log }: DownloadContext, { headers }: HttpAnswer, { name }: Version): void => {
  const isPage = headers['content-type']?.startsWith('text/html') === true
  if (isPage && !/\.html?$/i.test(name))
    log.warning(`The server says that ${name} is a web page (text/html). Is it the file you mean?`)
}

const refuseLarge = ({ limit, url }: Transfer, bytes: number): void => {
  if (limit !== null && bytes > limit) throw tooLarge(shownUrl(url), bytes, limit)
}

const receive = async (transfer: Transfer, body: HttpAnswer['body'], from: Begun): Promise<void> => {
  const { context, partial, url } = transfer
  const { total } = from.version
  let done = from.bytes
  let told = 0
  const tell = () => {
    const now = performance.now()
    if (now - told < 100 && done !== total) return
    told = now
    context.progress({ done, total, unit: 'bytes' })
  }
  try {
    await partial.append(body, (bytes) => {
      done += bytes
      refuseLarge(transfer, done)
      tell()
    })
  } catch (error) {
    if (error instanceof Refused && !error.failure.retryable) await partial.discard()
    throw isBrokenOff(error) ? cutShort(url, done, total) : error
  }
  if (total !== null && done !== total) throw cutShort(url, done, total)
  context.progress({ done, total: done, unit: 'bytes' })
}

const isBrokenOff = (error: unknown): boolean =>
  error instanceof Refused && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ECONNRESET'

const cutShort = (url: URL, done: number, total: number | null): Refused => {
  const of = total === null ? '' : ` of ${formatBytes(total)}`
  const message = `${url.host} broke the connection off after ${formatBytes(done)}${of} (${shownUrl(url)}).`
  return new Refused({ code: 'unavailable', message, retryable: true })
}
