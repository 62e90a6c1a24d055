import { globSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { firstRow } from './duckdb-rows.ts'
import { googlePlace, type GooglePlace } from './google.ts'
import { leftOver } from './left-over.ts'
import { resultOf, start, starterFlow, statesOf } from './millrace.ts'
import { workspace } from './workspace.ts'

const flow = starterFlow('web-to-gcs.yaml')
const args = ['run', flow, '--json', '-p', 'bucket=block:gcs-bucket/zoom-gcs']
const january = ['-p', 'month=1', '-p', `source=${sharedFile('')}`, '-p', 'color=green', '-p', 'year=2021']
const object = 'data/green/green_tripdata_2020-11.parquet'

const startRun = ({ space, env }: GooglePlace) => start(args, { home: space.home, cwd: space.folder, env })

/** What the flow wrote before it was uploaded, of its last run. */
const written = ({ space }: GooglePlace): Buffer => {
  const files = globSync('runs/*/results/save/*.parquet', { cwd: space.home }).map((name) =>
    path.join(space.home, name),
  )
  const [last = ''] = files.toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)
  return readFileSync(last)
}

const isUploaded = (place: GooglePlace, name = object): boolean =>
  place.gcs.read('zoom-lake', name).equals(written(place))

const rowsOf = async (place: GooglePlace, name: string): Promise<string | undefined> => {
  const file = place.space.path('object.parquet')
  writeFileSync(file, place.gcs.read('zoom-lake', name))
  const { rows } = await firstRow(`SELECT count(*)::text AS rows FROM '${file}'`)
  return rows
}

const completed = { fetch: 'Completed', trips: 'Completed', save: 'Completed', upload: 'Completed' }

describe('the web-to-gcs starter', () => {
  test('puts a month into the bucket, byte for byte, and a second run replaces it', async () => {
    const place = await googlePlace()
    const first = await place.call(args)
    expect(first.exitCode, first.stderr).toBe(0)
    expect(statesOf(resultOf(first))).toEqual(completed)
    expect(first.stdout).toContain('This bucket is not Google’s: STORAGE_EMULATOR_HOST says')
    expect(isUploaded(place)).toBe(true)
    expect(await rowsOf(place, object)).toBe('88605')
    const before = place.gcs.generation('zoom-lake', object)
    expect((await place.call(args)).exitCode).toBe(0)
    expect(place.gcs.generation('zoom-lake', object)).not.toBe(before)
    expect(place.gcs.names('zoom-lake')).toEqual([object])
    expect(isUploaded(place)).toBe(true)
  })

  testWithData('takes year, month and color in any order', async () => {
    const place = await googlePlace()
    const ended = await place.call([...args, ...january])
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(place.gcs.names('zoom-lake')).toEqual(['data/green/green_tripdata_2021-01.parquet'])
    expect(await rowsOf(place, 'data/green/green_tripdata_2021-01.parquet')).toBe('76518')
  })

  test('runs with no account when only the block is another', async () => {
    const space = workspace()
    const { state } = await space.run(flow)
    expect(state.name).toBe('Completed')
    expect(readdirSync(path.join(space.home, 'lake/data/green'))).toEqual(['green_tripdata_2020-11.parquet'])
  })

  test('the key is in no file of the home, and in nothing that was said', async () => {
    const place = await googlePlace()
    const ended = await place.call(args)
    const tested = await place.call(['block', 'test', 'gcs-bucket/zoom-gcs'])
    expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0)
    const listed = await place.call(['block', 'inspect', 'gcp-credentials/zoom'])
    expect(listed.stdout).toContain(place.account.email)
    const said = [ended, tested, listed].map(({ stdout, stderr }) => stdout + stderr)
    const files = globSync('**/*', { cwd: place.space.home, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    expect(files.length).toBeGreaterThan(3)
    const lines = /PRIVATE KEY-----\\n(.+?)\\n-----END/.exec(place.account.keyFile)?.[1]?.split('\\n') ?? []
    expect(lines.length).toBeGreaterThan(20)
    for (const text of [...said, ...files])
      for (const line of lines) expect(text.includes(line), 'a line of the private key').toBe(false)
  })
})

describe('an upload', () => {
  test('survives a cut connection, a storm of 503, an ended session and spoilt bytes in one run', async () => {
    const place = await googlePlace()
    const { faults } = place.gcs
    faults.plan('stat', { kind: 'status', status: 503 }, 2)
    faults.plan('begin-upload', { kind: 'status', status: 503 }, 3)
    faults.plan('upload', { kind: 'reset', afterBytes: 600_000 })
    faults.plan('upload-status', { kind: 'status', status: 503 }, 3)
    faults.plan('upload', { kind: 'expire' })
    faults.plan('upload', { kind: 'corrupt' })
    const ended = await place.call(args)
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(faults.left()).toBe(0)
    expect(resultOf(ended).tasks.find(({ task }) => task === 'upload')?.run_count).toBe(1)
    expect(isUploaded(place)).toBe(true)
  })

  test.each([
    ['while bytes are on their way', 'upload', 500_000],
    ['when the object is there and nobody has heard of it', 'upload-status', 0],
  ] as const)('is there once after a SIGKILL of the engine %s, and a resume', async (_when, operation, afterBytes) => {
    const place = await googlePlace()
    // The object is made by the second request; its answer is lost, so that the client asks.
    if (operation === 'upload-status') {
      place.gcs.faults.plan('upload', { kind: 'slow', bytesPerSecond: 1e9 })
      place.gcs.faults.plan('upload', { kind: 'lost-answer' })
    }
    const held = place.gcs.faults.hold(operation, afterBytes)
    const running = startRun(place)
    await held.arrived
    const before = place.gcs.generation('zoom-lake', object)
    expect(before === null).toBe(operation === 'upload')
    running.signal('SIGKILL')
    await running.ended
    held.release()
    const [crashed] = await place.space.flowRuns()
    const resumed = await place.call(['flow-run', 'resume', crashed?.id ?? '', '--json'])
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    expect(statesOf(resultOf(resumed))).toMatchObject({ save: 'Completed', upload: 'Completed' })
    expect(isUploaded(place)).toBe(true)
    expect(place.gcs.names('zoom-lake')).toEqual([object])
    if (operation === 'upload-status') expect(place.gcs.generation('zoom-lake', object)).toBe(before)
    expect(leftOver(place.space.home)).toEqual([])
  })

  test('is cancelled at once, and leaves the bucket as it was', async () => {
    const place = await googlePlace()
    const held = place.gcs.faults.hold('upload', 500_000)
    const running = startRun(place)
    await held.arrived
    const began = performance.now()
    running.signal('SIGINT')
    const { exitCode } = await running.ended
    expect(exitCode).toBe(130)
    expect(performance.now() - began).toBeLessThan(10_000)
    held.release()
    expect(place.gcs.names('zoom-lake')).toEqual([])
  })

  test('that is refused says who lacks what, and what to do', async () => {
    const place = await googlePlace()
    const upload = `storage.upload, inputs: { files: get.file }, with: { storage: block:gcs-bucket/zoom-gcs } }`
    const url = place.space.write('x.csv', 'a,b\n1,x\n')
    const plain = place.space.flow(
      'plain',
      `tasks:\n  get: { type: http.download, with: { url: ${url} } }\n  up: { type: ${upload}\n`,
    )
    const refused = async () => {
      const { exitCode, stdout } = await place.call(['run', plain, '--json'])
      expect(exitCode).toBe(1)
      return stdout
    }
    place.gcs.allow(place.account.email, ['storage.objects.get', 'storage.objects.list'])
    const denied = await refused()
    expect(denied).toContain(`${place.account.email} lacks the right storage.objects.create on the bucket`)
    expect(denied).toContain('gcloud storage buckets add-iam-policy-binding gs://zoom-lake')
    place.account.become('without-this-key')
    expect(await refused()).toContain(`Google does not know the key ${place.account.keyId}`)
  })

  test('of forty files goes side by side; they are brought here, listed and deleted too', async () => {
    const place = await googlePlace()
    const { gcs, space } = place
    for (let at = 0; at < 40; at += 1) gcs.put('zoom-lake', `in/part-${at}.csv`, `a,b\n${at},x\n`)
    const storage = 'storage: block:gcs-bucket/zoom-gcs'
    const many = space.flow(
      'many',
      [
        'tasks:',
        `  down: { type: storage.download, with: { ${storage}, object: in/ } }`,
        `  up: { type: storage.upload, inputs: { files: down.files }, with: { ${storage}, to: /many// } }`,
        `  list: { type: storage.list, after: [up], with: { ${storage}, prefix: many/ } }`,
        `  gone: { type: storage.delete, after: [list], with: { ${storage}, prefix: in/ } }`,
        '',
      ].join('\n'),
    )
    const ended = await place.call(['run', many, '--json'])
    expect(ended.exitCode, ended.stderr).toBe(0)
    const expected = Array.from({ length: 40 }, (_, at) => `many/part-${at}.csv`).toSorted()
    expect(gcs.names('zoom-lake')).toEqual(expected)
    expect(gcs.read('zoom-lake', 'many/part-7.csv').toString()).toBe('a,b\n7,x\n')
    const listed = resultOf(ended).tasks.find(({ task }) => task === 'list')?.outputs['names']
    expect(listed).toEqual(expected)
  })
})
