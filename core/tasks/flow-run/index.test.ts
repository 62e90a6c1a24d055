import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Flows, TaskContext } from '#core/kinds/task-context.ts'
import type { State, StateName } from '#core/model/state.ts'
import { flowRun } from './index.ts'

type Asked = Parameters<Flows['run']>[0]

const runWith = async (name: StateName, message: string | null = null, signal = new AbortController().signal) => {
  const asked: Asked[] = []
  const state: State = { name, at: 1, message }
  const context = {
    config: flowRun.config.parse({ flow: 'child.yaml', parameters: { months: [1, 2] } }),
    flows: { run: async (request: Asked) => (asked.push(request), { flowRun: 'child-run', state }) },
    log: { info: () => undefined },
    signal,
  }
  // The rest of a context is out of this task's reach.
  const outputs = await flowRun.run(context as unknown as TaskContext<unknown, unknown>)
  return { asked, outputs }
}

test('it asks for the flow with its parameters and gives out how the run ended', async () => {
  const { asked, outputs } = await runWith('Completed')
  expect(asked).toMatchObject([{ flow: 'child.yaml', parameters: { months: [1, 2] } }])
  const value = { flow_run: 'child-run', state: { type: 'COMPLETED', name: 'Completed', message: null } }
  expect(outputs).toEqual({ value: { kind: 'value', value } })
})

test.each(['Failed', 'Crashed', 'TimedOut'] as const)(
  'a subflow that ended as %s fails the task, which may be tried again',
  async (name) => {
    const failing = runWith(name, 'no such file')
    await expect(failing).rejects.toThrow(`“child.yaml” ended as ${name}: no such file`)
    await expect(failing).rejects.toMatchObject({ failure: { retryable: true } })
  },
)

test('a subflow somebody cancelled fails the task for good; a cancelled task is cancelled', async () => {
  await expect(runWith('Cancelled')).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: false } })
  await expect(runWith('Cancelled', null, AbortSignal.abort())).rejects.toMatchObject({
    failure: { code: 'cancelled' },
  })
})

test('it runs in the engine, and its cache key holds the text of the flow it runs', async () => {
  expect(flowRun.traits).toMatchObject({ runs: 'inline', tables: 'none', effect: true })
  const flowFolder = await mkdtemp(join(tmpdir(), 'millrace-flow-run-'))
  onTestFinished(() => rm(flowFolder, { recursive: true }))
  const config = flowRun.config.parse({ flow: 'child.yaml' })
  const place = { flowFolder, contentHash: () => Promise.resolve(null) }
  const before = await flowRun.fingerprint(config, place)
  await writeFile(join(flowFolder, 'child.yaml'), 'name: child')
  const first = await flowRun.fingerprint(config, place)
  await writeFile(join(flowFolder, 'child.yaml'), 'name: changed')
  const second = await flowRun.fingerprint(config, place)
  expect(before).toBeNull()
  expect(first).not.toEqual(second)
})

test('its examples are valid', () => {
  for (const example of flowRun.examples) expect(flowRun.config.safeParse(example).success).toBe(true)
})
