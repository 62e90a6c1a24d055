import { fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { withBenchEngine, type BenchEngine } from './bench-engine.ts'
import type { Scale } from './benchmark.ts'
import { expectEqual, figure, inPairs, timed, type Figure, type Measured } from './figure.ts'
import { withFolder } from './temporary-folder.ts'

const megabytes = 512

/** An upload task against curl -T of the same bytes to the same server. In MB a second. */
export const gcsUpload = async ({ pairs }: Scale): Promise<Figure[]> => {
  const server = await startServer()
  try {
    const speed = await withFolder((folder) =>
      withBenchEngine((engine) => measure({ engine, folder, pairs, url: server.url }), 4, {
        STORAGE_EMULATOR_HOST: server.url,
      }),
    )
    return [figure('gcs.upload', 'MB/s', speed, { at: 'least', times: 0.9 })]
  } finally {
    server.end()
  }
}

const startServer = async (): Promise<{ readonly url: string; end(): void }> => {
  const child = fork(path.join(import.meta.dirname, 'gcs-server.ts'))
  const [message] = (await once(child, 'message')) as [unknown]
  return { ...z.object({ url: z.string() }).parse(message), end: () => child.disconnect() }
}

type Case = {
  readonly engine: BenchEngine
  readonly folder: string
  readonly pairs: number
  readonly url: string
}

const measure = async ({ engine, folder, pairs, url }: Case): Promise<Measured> => {
  const file = path.join(folder, 'large.bin')
  await writeRandom(file)
  await engine.client.blocks.create({ type: 'gcs-bucket', name: 'bench', settings: { bucket: 'bench' } })
  const flow = [
    'millrace: 1',
    'name: upload',
    'tasks:',
    // Brought here once; the other runs find it in the cache.
    `  get: { type: http.download, with: { url: ${file} }, cache: { key: inputs, expires: 1d } }`,
    '  up: { type: storage.upload, inputs: { files: get.file }, with: { storage: block:gcs-bucket/bench } }',
    '',
  ].join('\n')
  const upload = async (): Promise<number> => {
    const id = await engine.run(flow)
    const { taskRuns } = await engine.client.runs.inspect({ flowRun: id })
    const up = taskRuns.find(({ task }) => task === 'up')
    expectEqual('the state of the upload', up?.state.name, 'Completed')
    await expectUploaded(url, 'large.bin')
    return megabytes / (((up?.endedAt ?? 0) - (up?.startedAt ?? 0)) / 1000)
  }
  const curl = async (): Promise<number> => {
    const session = await sessionAt(url)
    const milliseconds = await timed(() => runCurl(file, session))
    await expectUploaded(url, 'curl.bin')
    return megabytes / (milliseconds / 1000)
  }
  await curl()
  await upload()
  return inPairs(pairs, curl, upload)
}

const writeRandom = async (file: string): Promise<void> => {
  const handle = await open(file, 'w')
  const block = randomBytes(1 << 20)
  for (let at = 0; at < megabytes; at += 1) await handle.write(block)
  await handle.close()
}

const sessionAt = async (url: string): Promise<string> => {
  const answer = await fetch(`${url}/upload/storage/v1/b/bench/o?uploadType=resumable&name=curl.bin`, {
    method: 'POST',
  })
  return answer.headers.get('location') ?? ''
}

const runCurl = async (file: string, session: string): Promise<void> => {
  const child = spawn('curl', ['-sS', '--fail', '-o', '/dev/null', '-T', file, session], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  expectEqual('the exit code of curl', code, 0)
}

const expectUploaded = async (url: string, name: string): Promise<void> => {
  const answer = await fetch(`${url}/storage/v1/b/bench/o/${name}`)
  const { size } = z.object({ size: z.coerce.number() }).parse(await answer.json())
  expectEqual('the bytes that arrived', size, megabytes << 20)
}
