import { expect, test } from 'vitest'
import { createIdleWorkers } from './idle-workers.ts'
import type { PoolWorker } from './pool-worker.ts'

const workers = () => {
  const dismissed: string[] = []
  const worker = (name: string, given = 1): PoolWorker => ({
    pid: 1,
    given,
    running: () => null,
    give: () => {},
    stop: () => {},
    kill: () => {},
    dismiss: () => void dismissed.push(name),
    ended: Promise.resolve(),
  })
  return { worker, dismissed }
}

test('the worker that worked last is taken first', () => {
  const { worker } = workers()
  const [first, second] = [worker('first'), worker('second')]
  const idle = createIdleWorkers()
  idle.rest(first, null)
  idle.rest(second, 100)
  expect([idle.take(), idle.take(), idle.take()]).toEqual([second, first, null])
})

test('a worker that grew large or did very many jobs is let go', () => {
  const { worker, dismissed } = workers()
  const idle = createIdleWorkers()
  idle.rest(worker('large'), 600 * 1024 * 1024)
  idle.rest(worker('old', 10_000), null)
  expect(dismissed).toEqual(['large', 'old'])
  expect(idle.take()).toBeNull()
})

test('one that died is not taken any more, and closing lets all go', () => {
  const { worker, dismissed } = workers()
  const [dead, alive] = [worker('dead'), worker('alive')]
  const idle = createIdleWorkers()
  idle.rest(alive, null)
  idle.rest(dead, null)
  idle.remove(dead)
  idle.close()
  expect(dismissed).toEqual(['alive'])
})
