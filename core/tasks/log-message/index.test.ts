import { expect, test } from 'vitest'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import type { Job, JobReport } from '#core/model/worker-job.ts'
import { createMasker } from '#core/world/masking/masker.ts'
import { createInlineRunner } from '#core/world/workers/inline-runner.ts'
import { logMessage } from './index.ts'
import { containing } from '#test/fixtures/containing.ts'

const masker = createMasker()
masker.add('tuna-sandwich')

const run = async (settings: Job['members'][number]['settings']): Promise<readonly JobReport[]> => {
  const reports: JobReport[] = []
  const runner = createInlineRunner({
    catalogue: catalogueOf([logMessage], []),
    masker,
    flows: () => ({ run: () => Promise.reject(new Error('no flows here')) }),
  })
  const flow = {
    flowRun: 'run',
    flowRunName: 'quiet-heron',
    flow: 'test',
    flowFolder: '/',
    scratch: '/none',
    results: '/none',
  }
  const member = { taskRun: 'say', task: 'say', item: null, type: 'log.message', attempt: 1, loadId: 'run/say' }
  await runner.run(
    { id: 'job', flow, members: [{ ...member, settings, inputs: {}, taken: [] }] },
    (more) => void reports.push(...more),
  ).done
  return reports
}

test('it writes its message at its level, masked, and completes', async () => {
  const [line, outcome] = await run({ message: 'Lunch is a tuna-sandwich', level: 'warning' })
  expect(line).toMatchObject({ kind: 'log', taskRun: 'say', level: 'warning', message: 'Lunch is a ********' })
  expect(outcome).toEqual({ kind: 'outcome', taskRun: 'say', outcome: { kind: 'completed', outputs: {} } })
})

test('without a level it is information', async () => {
  expect(await run({ message: 'hello' })).toMatchObject([{ level: 'info', message: 'hello' }, { kind: 'outcome' }])
})

test('wrong settings fail with the name of the setting', async () => {
  expect(await run({ text: 'hello' })).toMatchObject([
    { outcome: { kind: 'failed', failure: { code: 'invalid', message: containing('“message”') } } },
  ])
})

test.each(logMessage.examples)('example %# is valid', (example) => {
  expect(logMessage.config.safeParse(example).success).toBe(true)
})
