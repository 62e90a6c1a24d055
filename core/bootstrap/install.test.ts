import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { matchesLockfile } from './install.js'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-install-'))
  mkdirSync(join(root, 'node_modules'))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

const writeLock = (file: string, packages: Record<string, unknown>) => {
  writeFileSync(join(root, file), JSON.stringify({ packages }))
}

const wanted = {
  '': { optionalDependencies: { 'node-here': '24.0.0', 'node-elsewhere': '24.0.0' } },
  'node_modules/zod': { version: '4.6.7', integrity: 'a' },
  'node_modules/node-here': { version: '24.0.0', integrity: 'b', optional: true, os: process.platform },
  'node_modules/node-elsewhere': { version: '24.0.0', integrity: 'c', optional: true, os: 'plan9' },
  'node_modules/wasm': { version: '1.0.0', integrity: 'd', optional: true },
}

const installed = {
  'node_modules/zod': wanted['node_modules/zod'],
  'node_modules/node-here': wanted['node_modules/node-here'],
}

test('packages for other platforms may be missing', () => {
  writeLock('package-lock.json', wanted)
  writeLock('node_modules/.package-lock.json', installed)
  expect(matchesLockfile(root)).toBe(true)
})

test.each([
  ['nothing is installed', {}],
  ['a package is missing', { 'node_modules/node-here': wanted['node_modules/node-here'] }],
  ['our optional package for this platform is missing', { 'node_modules/zod': wanted['node_modules/zod'] }],
  ['a package has another version', { ...installed, 'node_modules/zod': { version: '4.6.6', integrity: 'z' } }],
  ['a package is no longer wanted', { ...installed, 'node_modules/left-pad': { version: '1.0.0', integrity: 'p' } }],
])('packages are installed again when %s', (_, present) => {
  writeLock('package-lock.json', wanted)
  writeLock('node_modules/.package-lock.json', present)
  expect(matchesLockfile(root)).toBe(false)
})

test('packages are installed when node_modules tells nothing', () => {
  writeLock('package-lock.json', wanted)
  expect(matchesLockfile(root)).toBe(false)
})

test.each([
  ['a native package', { os: process.platform, cpu: process.arch }, false],
  ['a native package for another processor', { os: process.platform, cpu: 'z80' }, true],
  ['a native package for another C library', { os: process.platform, libc: 'newlib' }, true],
])('%s may be missing where it does not suit, else npm has left it out', (_, wants, expected) => {
  const native = { version: '1.0.0', integrity: 'n', optional: true, ...wants }
  writeLock('package-lock.json', { ...wanted, 'node_modules/native': native })
  writeLock('node_modules/.package-lock.json', installed)
  expect(matchesLockfile(root)).toBe(expected)
})
