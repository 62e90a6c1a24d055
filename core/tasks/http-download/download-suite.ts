import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Blocks, TaskContext } from '#core/kinds/task-context.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { Progress } from '#core/model/flow-run.ts'
import type { FileHandle } from '#core/model/handle.ts'
import { createHttp } from '#core/world/http/http.ts'
import { httpDownload } from './index.ts'
import type { TestCertificate } from './certificate-suite.ts'

/** A server of 127.0.0.1 for one test; gives its address. */
export const serve = (answer: http.RequestListener, tls?: TestCertificate): Promise<string> => {
  const server = tls ? https.createServer({ cert: tls.cert, key: tls.key }, answer) : http.createServer(answer)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      ready(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`)
    })
  })
}

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-download-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** One task run that can be tried several times, as the engine does. */
export const taskRun = (
  settings: Record<string, unknown>,
  flowFolder = temporaryFolder(),
  blocks: Partial<Blocks> = {},
) => {
  const results = join(temporaryFolder(), 'results')
  const lines: string[] = []
  const told: Progress[] = []
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
  const attempt = async (signal = new AbortController().signal): Promise<FileHandle> => {
    const context = {
      config: httpDownload.config.parse(settings),
      inputs: {},
      files: { scratch: results, results, resolve: (path: string) => resolve(flowFolder, path), handle: handleOf },
      http: createHttp(),
      blocks,
      log: { debug: log('debug'), info: log('info'), warning: log('warning'), error: log('error') },
      progress: (progress: Progress) => void told.push(progress),
      signal,
    }
    // The rest of a context is out of this task's reach.
    const { file } = await httpDownload.run(context as unknown as TaskContext<unknown, unknown>)
    if (file?.kind !== 'file') throw new Error('no file')
    return file
  }
  const failure = async (signal?: AbortSignal): Promise<Failure> => {
    const error = await attempt(signal).then(
      () => null,
      (caught: unknown) => caught,
    )
    if (error instanceof Refused) return error.failure
    throw new Error('it did not fail as it should', { cause: error })
  }
  return { attempt, failure, lines, told, results, files: () => readdir(results) }
}

const handleOf = async (path: string, options: { sha256?: boolean; name?: string } = {}): Promise<FileHandle> => ({
  kind: 'file',
  path,
  name: options.name ?? basename(path),
  bytes: (await stat(path)).size,
  sha256: options.sha256 ? sha256(await readFile(path)) : null,
})

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** Bytes that differ at every place, so that a doubled or missing part shows. */
export const content = (length: number): Buffer => {
  const all = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) all.writeUInt32LE((at * 2_654_435_761) % 2 ** 32, at)
  return all
}

/** Sends what a request asks for of a body, with If-Range, as a good server does. */
export const sendRange = (
  body: Buffer,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { etag = '"v1"', breakAfter = Number.POSITIVE_INFINITY }: { etag?: string | null; breakAfter?: number } = {},
): void => {
  const { range, 'if-range': ifRange } = request.headers
  const start = range !== undefined && ifRange === etag ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0
  if (etag !== null) response.setHeader('etag', etag)
  response.setHeader('content-length', body.length - start)
  if (start > 0) response.setHeader('content-range', `bytes ${start}-${body.length - 1}/${body.length}`)
  response.writeHead(start > 0 ? 206 : 200)
  const part = body.subarray(start, start + breakAfter)
  if (part.length === body.length - start) response.end(part)
  else response.write(part, () => response.socket?.destroy())
}
