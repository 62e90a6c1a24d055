import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '#test/run/step.ts'

/** Written in pieces, so that this file passes its own test. */
const foreign = [
  ['/work', '/main'],
  ['/work', '/shared'],
  ['helper', ' session'],
  ['/tmp', '/brief'],
  ['/root', '/'],
].map((pieces) => pieces.join(''))

const folders = ['core', 'electron', 'renderer', 'resources', 'test', '.ci']

const files = [
  ...globSync(
    folders.map((folder) => `${folder}/**/*.*`),
    { cwd: root, withFileTypes: false },
  ),
  ...globSync(['*.{json,ts,md,yml,yaml}', '.*rc*', '.ci/run', 'LICENSE'], { cwd: root }),
].filter((file) => /\.(ts|tsx|js|json|md|ya?ml|sql|css|html)$|rc$|\/run$/.test(file))

test('no file names the machine it was written on', () => {
  expect(files.length).toBeGreaterThan(100)
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return foreign.filter((words) => text.includes(words)).map((words) => `${file}: ${words}`)
  })
  expect(found).toEqual([])
})

test('no file keeps a private key or a token', () => {
  const secret = new RegExp(['-----BEGIN [A-Z ]*PRIVATE', 'KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}'].join(' '))
  expect(files.filter((file) => secret.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})
