import { expect, test } from 'vitest'
import type { ConfigRows } from '#core/model/store.ts'
import { createConfig } from './config.ts'

const rowsWith = (stored: Record<string, string> = {}): ConfigRows => ({
  all: () => stored,
  set: (key, value) => void (stored[key] = value),
  unset: (key) => void delete stored[key],
})

test('a setting comes from the environment before the home, and from the home before the default', () => {
  const rows = rowsWith()
  const entry = (environment = {}) =>
    createConfig(rows, environment)
      .view()
      .find(({ key }) => key === 'concurrency')
  expect(entry()?.source).toBe('default')
  createConfig(rows, {}).set('concurrency', '7')
  expect(entry()).toMatchObject({ value: '7', source: 'home' })
  expect(entry({ MILLRACE_CONCURRENCY: '9' })).toMatchObject({ value: '9', source: 'environment' })
  createConfig(rows, {}).unset('concurrency')
  expect(entry()?.source).toBe('default')
})

test('an unknown setting is refused with a guess, a value that does not fit with what would', () => {
  const config = createConfig(rowsWith(), {})
  expect(() => config.set('concurency', '3')).toThrow('Did you mean “concurrency”?')
  expect(() => config.set('concurrency', 'many')).toThrow('a whole number from 1')
  expect(() => config.set('secrets', 'plain')).toThrow('vault or none')
  expect(() => createConfig(rowsWith(), { MILLRACE_THREADS: '0' }).view()).toThrow('threads')
})

test('the retention policy is in milliseconds and bytes', () => {
  const config = createConfig(rowsWith({ 'keep-runs': '2d', 'keep-mb': '3' }), {})
  expect(config.retention()).toEqual({ age: 2 * 86_400_000, bytes: 3 * 1024 * 1024 })
})
