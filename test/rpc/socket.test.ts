import { statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import type { RunNews } from '#core/model/run-news.ts'
import { version } from '#core/version.ts'
import { remoteEngine } from './test-engine.ts'

const { home, engine, remote } = await remoteEngine()
const socket = path.join(home, 'engine.sock')

const hello = `millrace: 1
name: hello
parameters:
  whom: { type: string, default: miller }
tasks:
  greet: { type: log.message, with: { message: "Hello, {{ whom }}" } }
`
const source = { from: 'text', text: hello, folder: null } as const

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => failureOfCall(error),
  )

test('only its owner may open the socket', () => {
  expect(statSync(socket).mode & 0o777).toBe(0o600)
})

test('the engine answers over the socket as it does in its own process', async () => {
  const here = await engine.client.system.version()
  expect(await remote.client.system.version()).toEqual(here)
  expect(here).toMatchObject({ millrace: version, home })
})

test('a refusal crosses as data: code, message, whether it may succeed later', async () => {
  const failure = await failureOf(remote.client.runs.inspect({ flowRun: 'quiet-heron' }))
  expect(failure).toMatchObject({ code: 'not-found', retryable: false })
  expect(await failureOf(engine.client.runs.inspect({ flowRun: 'quiet-heron' }))).toEqual(failure)
})

test('input that does not fit the contract is refused before it reaches anything', async () => {
  const failure = await failureOf(remote.client.limits.set({ tag: '', limit: -1 }))
  expect(failure).toMatchObject({ code: 'invalid' })
  expect(await remote.client.limits.list()).toEqual([])
})

test('a watch tells the run, its task runs, its log and its end, in this order and over both ways alike', async () => {
  const told: Record<string, RunNews[]> = {}
  const { id } = await remote.client.runs.submit({ source, parameters: { texts: { whom: 'world' } } })
  for (const [name, client] of Object.entries({ remote: remote.client, own: engine.client })) {
    const news: RunNews[] = []
    for await (const one of await client.runs.watch({ flowRun: id })) news.push(one)
    told[name] = news
  }
  for (const news of Object.values(told)) {
    expect(news[0]).toMatchObject({ kind: 'flow-run', flowRun: { id, flow: 'hello' } })
    expect(news.at(-1)).toEqual({ kind: 'end', flowRun: id })
    const lines = news.flatMap((one) => (one.kind === 'logs' ? one.lines : []))
    expect(lines.map(({ message }) => message)).toContain('Hello, world')
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq).toSorted((a, b) => a - b))
  }
  const { flowRun, taskRuns } = await remote.client.runs.inspect({ flowRun: id })
  expect(flowRun.state.name).toBe('Completed')
  expect(taskRuns).toMatchObject([{ key: 'greet', state: { name: 'Completed' }, runCount: 1 }])
})

test('a watch resumes after a number', async () => {
  const { id } = await remote.client.runs.submit({ source })
  const lines: number[] = []
  for await (const one of await remote.client.runs.watch({ flowRun: id })) {
    if (one.kind === 'logs') lines.push(...one.lines.map(({ seq }) => seq))
  }
  const after = lines[1] ?? 0
  const rest: number[] = []
  for await (const one of await remote.client.runs.watch({ flowRun: id, logsAfter: after })) {
    if (one.kind === 'logs') rest.push(...one.lines.map(({ seq }) => seq))
  }
  expect(rest).toEqual(lines.slice(2))
})

test('two submissions with one key make one flow run', async () => {
  const [one, two] = await Promise.all([
    remote.client.runs.submit({ source, submissionKey: 'once' }),
    engine.client.runs.submit({ source, submissionKey: 'once' }),
  ])
  expect(one.id).toBe(two.id)
})

test('a watch that is given up ends at the engine too', async () => {
  const slow = hello.replace('tasks:', 'tasks:\n  wait: { type: script.shell, with: { script: "sleep 60" } }')
  const { id } = await remote.client.runs.submit({ source: { from: 'text', text: slow, folder: null } })
  const giveUp = new AbortController()
  const watched = (async () => {
    for await (const _ of await remote.client.runs.watch({ flowRun: id }, { signal: giveUp.signal })) giveUp.abort()
  })()
  await watched.catch(() => undefined)
  const cancelled = await remote.client.runs.cancel({ flowRun: id })
  expect(['Cancelling', 'Cancelled']).toContain(cancelled.state.name)
  for await (const _ of await remote.client.runs.watch({ flowRun: id })) void _
  expect((await remote.client.runs.inspect({ flowRun: id })).flowRun.state.name).toBe('Cancelled')
})
