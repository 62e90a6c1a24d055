import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sourcesOf } from './bundle.js'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-bundle-'))
  mkdirSync(join(root, 'core/flow'), { recursive: true })
  writeFileSync(join(root, 'core/flow/read.ts'), 'export {}')
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

test('a bundle is built again after a source was changed, added or removed', () => {
  const before = sourcesOf(root)
  utimesSync(join(root, 'core/flow/read.ts'), 1, 1)
  const touched = sourcesOf(root)
  writeFileSync(join(root, 'core/flow/write.ts'), 'export {}')
  const added = sourcesOf(root)
  rmSync(join(root, 'core/flow/write.ts'))
  expect(new Set([before, touched, added]).size).toBe(3)
  expect(sourcesOf(root)).toBe(touched)
})

test('a bundle is not built again after a test was changed', () => {
  const before = sourcesOf(root)
  writeFileSync(join(root, 'core/flow/read.test.ts'), 'export {}')
  expect(sourcesOf(root)).toBe(before)
})
