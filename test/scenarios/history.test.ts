import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonLines } from './millrace.ts'
import { gate, workspace } from './workspace.ts'

const History = z.object({
  history: z.object({ runs: z.number(), failed: z.number(), median_duration_ms: z.number().nullable() }),
})

test('history tells how often a flow failed, how long it took, and when a run that goes on will end', async () => {
  const space = workspace()
  const { wait, open } = gate(space, 'last')
  const flow = space.flow(
    'steps',
    `parameters: { way: { type: string, enum: [fail, end, wait], default: end } }
tasks:
  work: { type: script.shell, with: { script: "case {{ way }} in fail) exit 1;; wait) echo at the gate; ${wait};; esac" } }
`,
  )
  expect((await space.millrace(['flow', 'inspect', flow])).stderr).toContain('No run has ended yet.')
  for (const way of ['fail', 'end', 'end']) await space.run(flow, '-p', `way=${way}`)
  const shown = await space.millrace(['flow', 'inspect', flow])
  expect(shown.stderr).toMatch(/^Last 3 runs: 1 failed\. Completed ones took [\d.]+ m?s \(median\)\.$/m)
  expect(History.parse(jsonLines(shown.stdout)[0]).history).toMatchObject({ runs: 3, failed: 1 })

  const going = space.start(['run', flow, '-p', 'way=wait'])
  await going.saw('at the gate')
  const [run] = await space.flowRuns('--limit', '1')
  const inspect = async () => (await space.millrace(['flow-run', 'inspect', run?.id ?? ''])).stdout
  const expected = /^Expected to (end in|have ended) [\d.]+ m?s( ago)?: completed runs took [\d.]+ m?s \(median\)\.$/m
  expect(await inspect()).toMatch(expected)
  open()
  expect(await going.ended).toMatchObject({ exitCode: 0 })
  expect(await inspect()).not.toContain('Expected')
})

test('a misspelt field or task is told with what was probably meant', async () => {
  const space = workspace()
  const flow = space.flow('talks', `tasks:\n  say: { type: log.message, with: { message: hello } }\n`)
  const { flow_run: run } = await space.run(flow)
  const explain = (task: string, field: string) => space.millrace(['flow-run', 'explain', run.id, task, field])
  expect(await explain('say', 'with.message')).toMatchObject({ exitCode: 0 })
  const field = await explain('say', 'with.mesage')
  expect(field).toMatchObject({ exitCode: 3, stdout: '' })
  expect(field.stderr).toContain('Task “say” has no field “with.mesage”. Did you mean “with.message”?')
  expect((await explain('sya', 'with.message')).stderr).toContain('Did you mean “say”?')
})
