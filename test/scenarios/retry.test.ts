import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { jsonLines, millrace, resultOf, statesOf } from './millrace.ts'
import { temporaryFolder } from './workspace.ts'

const home = temporaryFolder()
afterAll(() => home.remove())

const TaskRunLine = z.object({ type: z.literal('task_run'), task: z.string(), state: z.object({ name: z.string() }) })

test('a URL that fails twice and then answers is Failed, AwaitingRetry, Retrying, Completed, after the delays asked for', async () => {
  const requests: number[] = []
  const server = createServer((_request, response) => {
    requests.push(Date.now())
    if (requests.length < 3) response.writeHead(503).end('not yet')
    else response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b\n1,2\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const file = path.join(home.path, 'retry.yaml')
  writeFileSync(
    file,
    `millrace: 1
name: retry
tasks:
  fetch:
    type: http.download
    with: { url: "http://127.0.0.1:${port}/data.csv" }
    retries: 3
    retry_delay: [200ms, 500ms]
`,
  )
  const ended = await millrace(['run', file, '--json'], { home: home.path })
  server.close()
  expect(ended.exitCode, ended.stderr).toBe(0)
  const states = jsonLines(ended.stdout).flatMap((line) => {
    const parsed = TaskRunLine.safeParse(line)
    return parsed.success ? [parsed.data.state.name] : []
  })
  const seen = states.filter((state, index) => state !== states[index - 1])
  expect(seen.join(' ')).toMatch(/Running AwaitingRetry Retrying AwaitingRetry Retrying Completed$/)
  const [first = 0, second = 0, third = 0] = requests
  expect(second - first).toBeGreaterThanOrEqual(200)
  expect(third - second).toBeGreaterThanOrEqual(500)
  expect(ended.stdout).toContain("Received non-final state 'AwaitingRetry' when proposing final state 'Failed'")
  const inspected = await millrace(['flow-run', 'inspect', resultOf(ended).flow_run.id, '--json'], { home: home.path })
  expect(inspected.stdout).toContain('"run_count":3')
})

test('the retry-and-cache starter tries again, and says Cached the second time', async () => {
  const flow = path.join(import.meta.dirname, '../../resources/flows/retry-and-cache.yaml')
  const first = resultOf(await millrace(['run', flow, '--json'], { home: home.path }))
  expect(first.tasks.find(({ task }) => task === 'unsteady')).toMatchObject({
    run_count: 2,
    state: { name: 'Completed' },
  })
  const second = resultOf(await millrace(['run', flow, '--json'], { home: home.path }))
  expect(statesOf(second)).toMatchObject({ unsteady: 'Completed', slow_answer: 'Cached', say: 'Completed' })
})
