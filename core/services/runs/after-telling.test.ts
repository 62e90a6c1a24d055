import { expect, test } from 'vitest'
import type { Job } from '#core/model/worker-job.ts'
import { afterTelling } from './after-telling.ts'
import type { JobRunner } from './jobs.ts'

const flow = { flowRun: 'run-1', flowRunName: 'x', flow: 'x', flowFolder: '/', scratch: '/', results: '/' }
const job: Job = { id: 'job-1', flow, members: [] }

const recorder = () => {
  const done: string[] = []
  const runner: JobRunner = {
    run: ({ id }) => {
      done.push(`run ${id}`)
      return { stop: (reason) => done.push(`stop ${reason}`) }
    },
  }
  return { done, runner }
}

test('a job waits until all is told, and does not wait when there is nothing to tell', async () => {
  const { done, runner } = recorder()
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked: string[] = []
  const waits = afterTelling(runner, (flowRun) => {
    asked.push(flowRun)
    return promise
  })
  waits.run(job, () => undefined)
  expect(done).toEqual([])
  resolve()
  await expect.poll(() => done).toEqual(['run job-1'])
  expect(asked).toEqual(['run-1'])
  afterTelling(runner, () => null).run({ ...job, id: 'job-2' }, () => undefined)
  expect(done).toEqual(['run job-1', 'run job-2'])
})

test('a job that is stopped while it waits is begun once and stopped, so that it has an end', async () => {
  const { done, runner } = recorder()
  const { promise, resolve } = Promise.withResolvers<void>()
  const running = afterTelling(runner, () => promise).run(job, () => undefined)
  running.stop('cancel')
  expect(done).toEqual(['run job-1', 'stop cancel'])
  resolve()
  await new Promise((settled) => setImmediate(settled))
  expect(done).toEqual(['run job-1', 'stop cancel'])
})

test('a job whose secrets cannot be told because of a bug runs all the same', async () => {
  const { done, runner } = recorder()
  afterTelling(runner, () => Promise.reject(new Error('a bug'))).run(job, () => undefined)
  await expect.poll(() => done).toEqual(['run job-1'])
})
