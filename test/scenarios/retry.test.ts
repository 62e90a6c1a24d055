import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectEngine } from '#core/connect-engine.ts'
import { resultOf, starterFlow, statesOf, taskOf } from './millrace.ts'
import { gate, workspace } from './workspace.ts'

/** Answers the first two requests with 503. */
const openServer = async () => {
  const requests: number[] = []
  const server = createServer((_request, response) => {
    requests.push(Date.now())
    if (requests.length < 3) response.writeHead(503).end('not yet')
    else response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b\n1,2\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { requests, url: `http://127.0.0.1:${port}/data.csv` }
}

/** What the log says of each try of a task, in a word. */
const told = (log: string): string[] =>
  log.split('\n').flatMap((line) => {
    if (line.includes("Submitted task run 'fetch-0'")) return ['submitted']
    if (!line.includes("Task run 'fetch-0'")) return []
    if (line.includes('Encountered exception during execution: ')) return ['failed']
    if (line.includes("Received non-final state 'AwaitingRetry' when proposing final state 'Failed'")) return ['awaits']
    return (
      /The next attempt is in ([\d.]+ s)\./.exec(line)?.slice(1) ?? /Finished in state (\w+)/.exec(line)?.slice(1) ?? []
    )
  })

const delays = [1000, 1500]
/** By the clock a timer may be some milliseconds early; on a busy machine it is late. */
const [atMostEarly, atMostLate] = [5, 3000]

test('a URL that fails twice and then answers is Failed, AwaitingRetry, Retrying, Completed, after the delays asked for', async () => {
  const space = workspace()
  const { requests, url } = await openServer()
  const { wait, open } = gate(space, 'open')
  const flow = space.flow(
    'retry',
    `tasks:
  fetch: { type: http.download, with: { url: "${url}" }, retries: 3, retry_delay: [${delays.map((delay) => `${delay}ms`).join(', ')}] }
  hold: { type: script.shell, after: [fetch], with: { script: "echo held here; ${wait}" } }
`,
  )
  const running = space.start(['run', flow, '--json'])
  await running.saw('held here')
  const { client, close } = await connectEngine(space.home)
  const [run] = await space.flowRuns()
  const { taskRuns } = await client.runs.timeline({ flowRun: run?.id ?? '' })
  await close()
  open()
  const ended = await running.ended
  expect(ended.exitCode, ended.stderr).toBe(0)

  // Before each try it is Pending for as long as it waits for a process.
  const states = (taskRuns.find(({ task }) => task === 'fetch')?.states ?? []).filter(({ name }) => name !== 'Pending')
  const again = ['Failed', 'AwaitingRetry', 'Retrying']
  expect(states.map(({ name }) => name)).toEqual(['Running', ...again, ...again, 'Completed'])
  const failures = states.filter(({ name }) => name === 'Failed')
  expect(failures.map(({ message }) => message)).toEqual([
    expect.stringContaining('503') as string,
    expect.stringContaining('503') as string,
  ])
  const waits = states.filter(({ name }) => name === 'AwaitingRetry')
  expect(waits.map(({ at, until = 0 }) => until - at)).toEqual(delays)
  const late = (ats: readonly number[]) => ats.map((at, index) => at - (waits[index]?.until ?? 0))
  for (const each of [
    late(states.filter(({ name }) => name === 'Retrying').map(({ at }) => at)),
    late(requests.slice(1)),
  ]) {
    expect(each).toHaveLength(2)
    for (const one of each) expect(one).toBeGreaterThanOrEqual(-atMostEarly)
    for (const one of each) expect(one).toBeLessThan(atMostLate)
  }

  const failedTries = ['1.0 s', '1.5 s'].flatMap((delay) => ['submitted', 'failed', 'awaits', delay])
  const log = (await space.millrace(['flow-run', 'logs', run?.id ?? ''])).stdout
  expect(told(log)).toEqual([...failedTries, 'submitted', 'Completed'])
  expect(taskOf(resultOf(ended), 'fetch').run_count).toBe(3)
})

test('the retry-and-cache starter tries again, and says Cached the second time', async () => {
  const space = workspace()
  const first = await space.run(starterFlow('retry-and-cache.yaml'))
  expect(first.tasks.find(({ task }) => task === 'unsteady')).toMatchObject({
    run_count: 2,
    state: { name: 'Completed' },
  })
  const second = await space.run(starterFlow('retry-and-cache.yaml'))
  expect(statesOf(second)).toMatchObject({ unsteady: 'Completed', slow_answer: 'Cached', say: 'Completed' })
})
