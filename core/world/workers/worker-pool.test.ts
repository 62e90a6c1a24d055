import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findKin } from '#core/world/processes/process-tree.ts'
import { containing } from '#test/fixtures/containing.ts'
import { testPool, testSecret, type TestPool } from '#test/fixtures/workers/pool.ts'

let pool: TestPool
beforeAll(() => void (pool = testPool({ grace: 300 })))
afterAll(() => pool.remove())

const left = (cookie: string) => findKin({ cookies: [cookie], root: null })
const stubborn = 'trap "" TERM; echo ready in $$; while :; do sleep 0.05; done'

test('a job runs its members in order, each getting what the one before it made', async () => {
  const { reports, done } = pool.start([
    { type: 'test.echo', settings: { value: 'a' } },
    { type: 'test.echo', settings: { value: 'b' }, inputs: { before: { from: 'previous', output: 'value' } } },
  ])
  await done
  expect(reports).toEqual([
    {
      kind: 'outcome',
      taskRun: 'task-0',
      outcome: { kind: 'completed', outputs: { value: { kind: 'value', value: ['a', null] } } },
    },
    {
      kind: 'outcome',
      taskRun: 'task-1',
      outcome: { kind: 'completed', outputs: { value: { kind: 'value', value: ['b', ['a', null]] } } },
    },
  ])
})

test('a task that needs no folder makes none', async () => {
  await pool.start([{ type: 'test.echo', settings: { value: 'a' }, taskRun: 'folderless' }]).done
  expect(existsSync(join(pool.folder, 'scratch', 'folderless'))).toBe(false)
})

test('more jobs than workers wait their turn, and all end', async () => {
  const jobs = Array.from({ length: 20 }, (_, index) =>
    pool.start([{ type: 'test.echo', settings: { value: `${index}` } }]),
  )
  await Promise.all(jobs.map(({ done }) => done))
  expect(jobs.map((job) => job.outcomes()[0]?.kind)).toEqual(jobs.map(() => 'completed'))
})

test('jobs that take their time all run at once, however few workers short ones are left to', async () => {
  const size = 2 * availableParallelism() + 3
  const wide = testPool({ size, grace: 300 })
  const jobs = Array.from({ length: size }, () => wide.start([{ type: 'test.wait' }]))
  await Promise.all(jobs.map((job) => job.until('waiting in')))
  for (const job of jobs) job.stop('cancel')
  await Promise.all(jobs.map(({ done }) => done))
  expect(jobs.map((job) => job.outcomes())).toEqual(jobs.map(() => [{ kind: 'cancelled' }]))
  await wide.remove()
})

test('a failure ends the job: it names the reason, and later members are returned', async () => {
  const job = pool.start([
    { type: 'test.fail', settings: { message: 'Rows are missing.' } },
    { type: 'test.echo', settings: { value: 'b' } },
  ])
  await job.done
  expect(job.outcomes()).toMatchObject([
    { kind: 'failed', failure: { code: 'data', message: 'Rows are missing.' } },
    { kind: 'returned' },
  ])
})

test('wrong settings and unknown types are refused with the reason', async () => {
  const wrong = pool.start([{ type: 'test.echo', settings: { value: 5 } }])
  const unknown = pool.start([{ type: 'test.nothing' }])
  await Promise.all([wrong.done, unknown.done])
  expect(wrong.outcomes()).toMatchObject([
    { kind: 'failed', failure: { code: 'invalid', message: containing('“value”') } },
  ])
  expect(unknown.outcomes()).toMatchObject([
    { kind: 'failed', failure: { code: 'not-found', message: containing('test.nothing') } },
  ])
})

test('lines come in order before the outcome, and progress at most ten times a second with the last one always', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`)
  const { reports, done } = pool.start([{ type: 'test.lines', settings: { lines: [...lines, 'two\nlines'] } }])
  await done
  expect(reports.flatMap((report) => (report.kind === 'log' ? [report.message] : []))).toEqual([...lines, 'two\nlines'])
  const progress = reports.flatMap((report) => (report.kind === 'progress' ? [report.progress.done] : []))
  expect(progress.length).toBeLessThan(10)
  expect(progress.at(-1)).toBe(1000)
  expect(reports.at(-1)?.kind).toBe('outcome')
})

test('a secret is had by name, and shown as asterisks in lines, values and failures', async () => {
  const had = pool.start([{ type: 'test.secret', settings: { reference: 'block:secret/lunch' } }])
  const missing = pool.start([{ type: 'test.secret', settings: { reference: 'block:secret/none' } }])
  await Promise.all([had.done, missing.done])
  expect(had.messages()).toEqual(['it is ********'])
  expect(had.outcomes()).toMatchObject([
    { outputs: { value: { value: { length: testSecret.length, found: '********' } } } },
  ])
  expect(missing.outcomes()).toMatchObject([
    { kind: 'failed', failure: { code: 'not-found', message: containing('none') } },
  ])
  const failure = pool.start([{ type: 'test.fail', settings: { message: `Bad password ${testSecret}` } }])
  await failure.done
  expect(failure.outcomes()).toMatchObject([{ failure: { message: 'Bad password ********' } }])
})

test('artifacts come before the outcome, masked and within bounds, also of a task that fails', async () => {
  const settings = { reference: 'block:secret/lunch', rows: 2000, after: 'Rows are wrong.' }
  const job = pool.start([{ type: 'test.artifacts', settings }])
  await job.done
  expect(job.reports.map(({ kind }) => kind)).toEqual(['artifact', 'artifact', 'outcome'])
  const [note, table] = job.reports.flatMap((report) => (report.kind === 'artifact' ? [report.artifact] : []))
  expect(note).toEqual({ kind: 'markdown', title: 'About ********', text: 'It is ********.' })
  expect(table).toMatchObject({ kind: 'table', title: 'Rows', total: 2000 })
  const rows = table?.kind === 'table' ? table.rows : []
  expect(rows.length).toBeGreaterThan(300)
  expect(rows[0]).toEqual([`${'x'.repeat(990)}********`])
  expect(JSON.stringify(table).length).toBeLessThan(1_000_000)
  expect(job.outcomes()).toMatchObject([{ kind: 'failed', failure: { message: 'Rows are wrong.' } }])
})

test('a script that prints a secret in pieces, encoded or over lines shows asterisks', async () => {
  const script =
    'printf "%s" "${LUNCH%sand*}"; sleep 0.05; echo "sand${LUNCH#*sand}"; printf %s "x$LUNCH" | base64; echo "$LUNCH" | fold -w 9; echo end'
  const job = pool.start([{ type: 'test.script', settings: { script, secrets: { LUNCH: 'block:secret/lunch' } } }])
  await job.done
  expect(job.messages()).toEqual(['********', containing('********'), '********', '********', '********', 'end'])
})

test.each([
  ['SIGKILL', /exited with signal SIGKILL.*out of memory, or was killed by hand/],
  ['SIGSEGV', /exited with signal SIGSEGV.*native library/],
])('a worker that ends by %s is a crash of its task, and the next job works', async (signal, message) => {
  const crash = pool.start([
    { type: 'test.echo', settings: { value: 'a' } },
    { type: 'test.signal', settings: { signal } },
    { type: 'test.echo', settings: { value: 'c' } },
  ])
  await crash.done
  expect(crash.outcomes()).toMatchObject([
    { kind: 'completed' },
    { kind: 'crashed', failure: { code: 'crashed', message: containing(message) } },
    { kind: 'returned' },
  ])
  const next = pool.start([{ type: 'test.echo', settings: { value: 'next' } }])
  await next.done
  expect(next.outcomes()).toMatchObject([{ kind: 'completed' }])
})

test('a worker over the memory limit is stopped, and the crash names figure and limit', async () => {
  const small = testPool({ memoryLimit: 200 * 1024 * 1024 })
  const job = small.start([{ type: 'test.hoard' }])
  await job.done
  expect(job.outcomes()).toMatchObject([
    {
      kind: 'crashed',
      failure: { message: containing(/used [\d,]+ MiB of memory, over the limit of 200 MiB/) },
    },
  ])
  await small.remove()
})

test('a task that heeds the stop is cancelled, and its worker lives on', async () => {
  const job = pool.start([{ type: 'test.wait' }, { type: 'test.echo', settings: { value: 'b' } }])
  await job.until('waiting in')
  job.stop('cancel')
  await job.done
  expect(job.outcomes()).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }])
  const pid = Number(job.messages()[0]?.split(' ').at(-1))
  expect(left(`${pool.homeId}/worker`)).toContain(pid)
})

test('a task that spins is killed after the grace', async () => {
  const cancelled = pool.start([{ type: 'test.spin' }])
  const late = pool.start([{ type: 'test.spin' }])
  await Promise.all([cancelled.until('spinning'), late.until('spinning')])
  cancelled.stop('cancel')
  late.stop('timeout')
  await Promise.all([cancelled.done, late.done])
  expect(cancelled.outcomes()).toEqual([{ kind: 'cancelled' }])
  expect(late.outcomes()).toMatchObject([{ kind: 'failed', failure: { code: 'timed-out' } }])
})

test('a job that waits for a worker is cancelled without ever running', async () => {
  const one = testPool({ size: 1 })
  const first = one.start([{ type: 'test.wait' }])
  const second = one.start([{ type: 'test.echo', settings: { value: 'b' } }])
  second.stop('cancel')
  await second.done
  expect(second.outcomes()).toEqual([{ kind: 'cancelled' }])
  first.stop('cancel')
  await first.done
  await one.remove()
})

test('when a worker dies its scripts die before the crash is told', async () => {
  const job = pool.start(
    [{ type: 'test.script', settings: { script: `setsid sh -c '${stubborn}' & ${stubborn}` } }],
    'orphans',
  )
  await job.until('ready in')
  const [script = 0] = left(`${pool.homeId}/orphans`)
  const worker = left(`${pool.homeId}/worker`).find((pid) => findKin({ cookies: [], root: pid }).includes(script))
  process.kill(worker ?? 0, 'SIGKILL')
  await job.done
  expect(job.outcomes()).toMatchObject([{ kind: 'crashed' }])
  expect(left(`${pool.homeId}/orphans`)).toEqual([])
})

test('closing the pool leaves no process', async () => {
  const closing = testPool()
  const job = closing.start([{ type: 'test.script', settings: { script: stubborn } }])
  await job.until('ready in')
  await closing.remove()
  expect(job.outcomes()).toMatchObject([{ kind: 'crashed', failure: { message: containing('closed') } }])
  expect(left(closing.homeId)).toEqual([])
})
