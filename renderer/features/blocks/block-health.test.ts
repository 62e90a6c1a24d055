import { expect, test } from 'vitest'
import type { Block, BlockTypeSummary } from '#core/model/block.ts'
import { expiryOf, healthOf } from './block-health.ts'

const block: Block = {
  id: '1',
  type: 'gcp-credentials',
  name: 'zoom',
  reference: 'block:gcp-credentials/zoom',
  settings: {},
  secrets: { key: '********' },
  facts: {},
  problem: null,
  lastTest: null,
  lastUsedAt: null,
  createdAt: 0,
  updatedAt: 0,
}

const type: BlockTypeSummary = {
  type: 'gcp-credentials',
  version: 1,
  title: 'Google Cloud credentials',
  summary: '',
  icon: 'key-round',
  capabilities: [],
  docs: '',
  settings: {},
  fields: [],
  secrets: { key: { title: 'Key' } },
  triesWriting: false,
  examples: [],
}

const day = 24 * 60 * 60 * 1000
const known = { type, check: null, now: 100 * day }
const passed = { at: 0, passed: true, stages: [] }
const expiring = (expiresAt: number): Partial<Block> => ({
  lastTest: passed,
  facts: { key: { shown: {}, expiresAt }, other: { shown: {}, expiresAt: null } },
})

test.each<[string, Partial<Block>, string]>([
  ['was never tested', {}, 'Not tested'],
  ['passed its test', { lastTest: passed }, 'Works'],
  ['was changed after it passed', { lastTest: passed, updatedAt: 1 }, 'Changed since test'],
  ['has a problem, whatever its test said', { lastTest: passed, problem: 'path: missing' }, 'Cannot be used'],
  ['has no secret', { lastTest: passed, secrets: { key: null } }, 'Secret missing'],
  ['has expired', expiring(99 * day), 'Expired'],
  ['expires within two weeks', expiring(103 * day - 1), 'Expires in 3 days'],
  ['expires later', expiring(130 * day), 'Works'],
])('a block that %s', (_what, change, words) => {
  expect(healthOf({ ...block, ...change }, known).words).toBe(words)
})

test('a failed test tells of its first failed stage', () => {
  const stages = [
    { stage: 'Reach', ok: true, duration: 1, message: 'Reached.' },
    { stage: 'Sign in', ok: false, duration: 1, message: 'The key was refused.' },
  ]
  const health = healthOf({ ...block, lastTest: { at: 0, passed: false, stages } }, known)
  expect(health).toEqual({ state: 'bad', words: 'Test failed', detail: 'Sign in: The key was refused.' })
})

test('a value that the keychain lost is told for its own block only', () => {
  const check = { checked: 2, lost: ['block:gcp-credentials/zoom#key'], elsewhere: [], unknown: [] }
  expect(healthOf(block, { ...known, check }).words).toBe('Secret lost')
  const other = { ...block, reference: 'block:gcp-credentials/zoo' }
  expect(healthOf(other, { ...known, check }).words).toBe('Not tested')
})

test('the first expiry counts', () => {
  const facts = { a: { shown: {}, expiresAt: 5 }, b: { shown: {}, expiresAt: 3 }, c: { shown: {}, expiresAt: null } }
  expect(expiryOf({ facts })).toBe(3)
  expect(expiryOf({ facts: {} })).toBeNull()
})
