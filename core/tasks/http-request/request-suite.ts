import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TaskContext } from '#core/kinds/task-context.ts'
import { Refused, type Failure } from '#core/model/failure.ts'
import type { JsonValue, Outputs } from '#core/model/handle.ts'
import { createHttp } from '#core/world/http/http.ts'
import { httpRequest } from './index.ts'

export type RequestOptions = {
  /** Settings of blocks, by reference. */
  readonly blocks?: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>
  /** By reference, with `#field` where there is one. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** The task with everything real that it touches. */
export const request = (settings: Record<string, unknown>, options: RequestOptions = {}) => {
  const results = mkdtempSync(join(tmpdir(), 'millrace-request-'))
  onTestFinished(() => rmSync(results, { recursive: true, force: true }))
  const lines: string[] = []
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
  const { blocks = {}, secrets = {}, signal = new AbortController().signal } = options
  const found = async <T>(all: Readonly<Record<string, T>>, reference: string): Promise<T> => {
    const value = all[reference]
    if (value === undefined) throw new Refused({ code: 'not-found', message: `There is no ${reference}.` })
    return value
  }
  const run = async (): Promise<Outputs> => {
    const context = {
      config: httpRequest.config.parse(settings),
      inputs: {},
      run: { loadId: 'run/request' },
      files: { results, resolve: (path: string) => resolve(results, path), handle: handleOf },
      http: createHttp(),
      blocks: {
        settings: (reference: string) => found(blocks, reference),
        secret: (reference: string) => found(secrets, reference),
      },
      log: { debug: log('debug'), info: log('info'), warning: log('warning'), error: log('error') },
      progress: () => undefined,
      signal,
    }
    // The rest of a context is out of this task's reach.
    return httpRequest.run(context as unknown as TaskContext<unknown, unknown>)
  }
  return { run, failure: () => failureOf(run()), lines, results }
}

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  if (error instanceof Refused) return error.failure
  throw new Error('it did not fail as it should', { cause: error })
}

const handleOf = async (path: string, { name = basename(path) }: { name?: string } = {}) => ({
  kind: 'file' as const,
  path,
  name,
  bytes: (await stat(path)).size,
  sha256: null,
})

export const valueOf = (outputs: Outputs, port: string): JsonValue | undefined => {
  const output = outputs[port]
  return output?.kind === 'value' ? output.value : undefined
}

export const contentOf = (outputs: Outputs): string => {
  const { file } = outputs
  if (file?.kind !== 'file') throw new Error('no file')
  return readFileSync(file.path, 'utf8')
}
