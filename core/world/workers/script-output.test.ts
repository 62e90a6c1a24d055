import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobReport } from '#core/model/worker-job.ts'
import { findKin } from '#core/world/processes/process-tree.ts'
import { containing } from '#test/fixtures/containing.ts'
import { testPool, type TestPool } from '#test/fixtures/workers/pool.ts'

let pool: TestPool
beforeAll(() => void (pool = testPool({ size: 1 })))
afterAll(() => pool.remove())

const run = async (script: string) => {
  const job = pool.start([{ type: 'test.script', settings: { script } }])
  await job.done
  return job
}

/** Most resident bytes a process ever had. */
const peakOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

test('stdout is info and stderr a warning; both come whole', async () => {
  const job = await run('echo one; echo two >&2; printf three')
  const lines = job.reports.flatMap((report) => (report.kind === 'log' ? [`${report.level} ${report.message}`] : []))
  expect(lines.toSorted()).toEqual(['info one', 'info three', 'warning two'])
  expect(job.outcomes()).toMatchObject([{ outputs: { value: { value: { exitCode: 0, last: 'three' } } } }])
})

test('bytes that are no text, and a line over 64 KiB, survive as far as they can', async () => {
  const job = await run(`printf 'a\\377b\\n'; head -c 70000 /dev/zero | tr '\\0' x; echo; echo end`)
  const [odd, long, end] = job.messages()
  expect([odd, end]).toEqual(['a\ufffdb', 'end'])
  expect(long).toMatch(/^x{65000,} … \(cut: the line has 70,000 bytes\)$/)
})

test('what a script leaves running is stopped, and the log says so', async () => {
  const job = await run('sleep 1000 & echo started')
  expect(job.messages()).toEqual(['started', containing('was still running when it ended')])
})

test('a million lines arrive complete and in order, with bounded memory in worker and engine, whatever the pace of the reader', async () => {
  const heapBefore = process.memoryUsage().heapUsed
  let next = 1
  let open = 0
  let mostOpen = 0
  let heap = 0
  const job = pool.prepare([{ type: 'test.script', settings: { script: 'seq 1 1000000' } }])
  const running = pool.run(job, (reports: readonly JobReport[]) => {
    for (const report of reports) if (report.kind === 'log' && report.message === String(next)) next += 1
    open += reports.length
    mostOpen = Math.max(mostOpen, open)
    heap = Math.max(heap, process.memoryUsage().heapUsed)
    return new Promise((resolve) =>
      setImmediate(() => {
        open -= reports.length
        resolve()
      }),
    )
  })
  await running.done
  expect(next).toBe(1_000_001)
  // Eight messages of 64 KiB may be on the way, and each line here has about seven bytes.
  expect(mostOpen).toBeLessThan(9 * 2 * 10_000)
  expect(heap - heapBefore).toBeLessThan(150 * 1024 * 1024)
  const [worker = 0] = findKin({ cookies: [`${pool.homeId}/worker`], root: null })
  expect(peakOf(worker)).toBeLessThan(250 * 1024 * 1024)
})
