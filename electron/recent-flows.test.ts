import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recentFlows } from './recent-flows.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-recent-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the ten last files are kept, each once, the last one first', () => {
  const file = path.join(folder, 'recent.json')
  const recent = recentFlows(file)
  for (let number = 1; number <= 12; number += 1) recent.add(`/flows/${number}.yaml`)
  recent.add('/flows/5.yaml')
  const expected = [5, 12, 11, 10, 9, 8, 7, 6, 4, 3].map((number) => `/flows/${number}.yaml`)
  expect(recent.list()).toEqual(expected)
  expect(recentFlows(file).list()).toEqual(expected)
})

test('a list that cannot be read or kept is an empty one', () => {
  const file = path.join(folder, 'broken.json')
  writeFileSync(file, '{"a":')
  expect(recentFlows(file).list()).toEqual([])
  const lost = recentFlows(path.join(folder, 'no/such/folder/recent.json'))
  lost.add('/flows/1.yaml')
  expect(lost.list()).toEqual(['/flows/1.yaml'])
})
