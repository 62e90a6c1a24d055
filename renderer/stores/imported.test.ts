import { beforeEach, expect, test } from 'vitest'
import { Refused } from '#core/model/failure.ts'
import type { FlowTouches } from '#core/model/flow-library.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { forgetTouches, mustBeLookedAt, readTouches, trustFlow, useImported } from './imported.ts'

beforeEach(forgetTouches)

const touches = (trusted: boolean, fingerprint = 'f') => ({ trusted, fingerprint }) as FlowTouches

const engineThat = (flows: Partial<Engine['client']['flows']>): Engine => ({ client: { flows } }) as unknown as Engine

const away = () => Promise.reject(new Refused({ code: 'unavailable', message: 'The engine is away.' }))

test('a flow of which nobody knows what it touches is not run', async () => {
  const answers = [away, () => Promise.resolve(touches(true))]
  const engine = engineThat({ touches: () => answers.shift()?.() ?? away() })
  await readTouches(engine, '/a.yaml')
  expect(mustBeLookedAt()).toBe(true)
  expect(useImported.getState().failure?.message).toBe('The engine is away.')
  await readTouches(engine, '/a.yaml')
  expect(mustBeLookedAt()).toBe(false)
})

test('an answer that comes late does not replace that of a later question', async () => {
  const answers: ((value: FlowTouches) => void)[] = []
  const engine = engineThat({ touches: () => new Promise((resolve) => answers.push(resolve)) })
  const [first, second] = [readTouches(engine, '/a.yaml'), readTouches(engine, '/a.yaml')]
  answers[1]?.(touches(false, 'new'))
  answers[0]?.(touches(true, 'old'))
  await Promise.all([first, second])
  expect(useImported.getState().touches?.fingerprint).toBe('new')
})

test('what could not be trusted stays to be looked at, as it is now', async () => {
  const shown = [touches(false, 'one'), touches(false, 'two')]
  const conflict = () => Promise.reject(new Refused({ code: 'conflict', message: 'It has changed.' }))
  const engine = engineThat({ touches: () => Promise.resolve(shown.shift() ?? touches(false)), trust: conflict })
  await readTouches(engine, '/a.yaml')
  expect(await trustFlow(engine, '/a.yaml')).toBe(false)
  expect(useImported.getState()).toMatchObject({
    touches: { fingerprint: 'two' },
    failure: { message: 'It has changed.' },
  })
  expect(mustBeLookedAt()).toBe(true)
})
