import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inParallel } from './in-parallel.ts'

const { signal } = new AbortController()

test('never more than the limit, and results in their order', async () => {
  let [now, most] = [0, 0]
  const results = await inParallel([5, 1, 4, 2, 3], { limit: 2, signal }, async (turns) => {
    now += 1
    most = Math.max(most, now)
    for (let at = 0; at < turns; at += 1) await turn()
    now -= 1
    return turns * 10
  })
  expect(results).toEqual([50, 10, 40, 20, 30])
  expect(most).toBe(2)
  expect(await inParallel([], { limit: 2, signal }, () => Promise.resolve(1))).toEqual([])
})

test('the first failure stops the others and is the one that is told', async () => {
  const begun: number[] = []
  const work = inParallel([1, 2, 3, 4], { limit: 2, signal }, async (item, _index, stop) => {
    begun.push(item)
    if (item === 2) throw new Error('two failed')
    await new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('stopped'))))
  })
  await expect(work).rejects.toThrow('two failed')
  expect(begun).toEqual([1, 2])
})

test('a signal from outside stops all', async () => {
  const stop = new AbortController()
  const work = inParallel([1, 2, 3], { limit: 1, signal: stop.signal }, (item) => {
    stop.abort(new Error('cancelled'))
    return Promise.resolve(item)
  })
  await expect(work).rejects.toThrow('cancelled')
})
