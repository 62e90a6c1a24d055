import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pageToken } from './page-token.ts'

const newHome = (): string => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-token-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

test('a tab on this machine has the same token after the server was started again', () => {
  const home = newHome()
  const token = pageToken(home, '127.0.0.1')
  expect(token).toMatch(/^[\w-]{32}$/)
  expect(pageToken(home, 'localhost')).toBe(token)
  expect(pageToken(newHome(), '127.0.0.1')).not.toBe(token)
})

test('what other machines can reach gets a new token at each start, and leaves none behind', () => {
  const home = newHome()
  const own = pageToken(home, '127.0.0.1')
  const tokens = [pageToken(home, '0.0.0.0'), pageToken(home, '0.0.0.0'), own]
  expect(new Set(tokens).size).toBe(3)
  expect(pageToken(home, '127.0.0.1')).toBe(own)
})

test.skipIf(process.platform === 'win32')(
  'nobody else may read it, and one that others could read is not used again',
  () => {
    const home = newHome()
    const file = path.join(home, 'serve.token')
    const token = pageToken(home, '127.0.0.1')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o640)
    expect(pageToken(home, '127.0.0.1')).not.toBe(token)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  },
)

test('a file that was cut off is replaced', () => {
  const home = newHome()
  const file = path.join(home, 'serve.token')
  writeFileSync(file, 'abc', { mode: 0o600 })
  expect(pageToken(home, '127.0.0.1')).toBe(readFileSync(file, 'utf8'))
  expect(readFileSync(file, 'utf8')).toHaveLength(32)
})
