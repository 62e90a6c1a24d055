import { expect, test } from 'vitest'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import { connectEngine } from './engine.ts'
import type { Host, Transport } from './host.ts'

/** Connections that are there, and lost, when a test says so. */
const connections = () => {
  let next = Promise.withResolvers<Transport>()
  const host = { connect: () => next.promise, retry: () => undefined } as unknown as Host
  const open = (client: object): (() => void) => {
    const lost = Promise.withResolvers<void>()
    const { resolve } = next
    next = Promise.withResolvers()
    resolve({ client: client as EngineClient, lost: lost.promise })
    return () => lost.resolve()
  }
  return { engine: connectEngine(host), open }
}

test('a call while there is no engine is refused, and throws nothing where it is made', async () => {
  const { client } = connections().engine
  expect(await Promise.resolve(client)).toBe(client)
  const answer = client.flows.list()
  const failure = failureOfCall(await answer.catch((error: unknown) => error))
  expect(failure).toMatchObject({ code: 'unavailable', retryable: true })
})

test('what may be asked twice waits for an engine, and goes to the next when that one is lost', async () => {
  const { engine, open } = connections()
  const asked: string[] = []
  const answer = engine.ask((client) => client.flows.list())
  const loses = Promise.withResolvers<never>()
  const list = (name: string, result: () => Promise<unknown>) => ({
    flows: { list: () => (asked.push(name), result()) },
  })
  const lose = open(list('first', () => loses.promise))
  await expect.poll(() => asked).toEqual(['first'])
  lose()
  loses.reject(new DOMException('closed', 'AbortError'))
  await expect.poll(() => engine.status().state).toBe('lost')
  open(list('second', () => Promise.resolve(['a flow'])))
  expect(await answer).toEqual(['a flow'])
  expect(asked).toEqual(['first', 'second'])
})

test('what an engine refuses is not asked again', async () => {
  const { engine, open } = connections()
  let times = 0
  open({ flows: { list: () => ((times += 1), Promise.reject(new Error('no'))) } })
  await expect(engine.ask((client) => client.flows.list())).rejects.toThrow('no')
  expect(times).toBe(1)
})
