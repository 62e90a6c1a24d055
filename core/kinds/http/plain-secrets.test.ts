import { expect, test } from 'vitest'
import { holdsSignIn, plainSecretHeaders } from './plain-secrets.ts'

test.each([
  'https://me:quern-stone@example.org/x',
  'https://quern-stone@github.com/me/flows.git',
  'postgresql://root:quern-stone@localhost/ny',
  'postgresql+psycopg2://root:quern/stone@localhost/ny',
  'redis://:quern-stone@cache',
  'root:quern-stone@localhost',
  'me:quern-stone@github.com/me/flows',
])('%s holds what somebody signs in with', (text) => {
  expect(holdsSignIn(text)).toBe(true)
})

test.each([
  'https://example.org/a@b',
  'http://localhost:8080/@scope/x',
  'https://example.org/x?mail=a@b.org',
  'ssh://git@example.org/flows',
  'git@github.com:me/flows',
  'mailto:loader@example.org',
  'postgresql://root@localhost/ny',
  'see https://example.org: ask me@example.org',
  'db.example.org',
  '',
])('“%s” does not', (text) => {
  expect(holdsSignIn(text)).toBe(false)
})

test('headers that sign in are told by their names; a block is the way', () => {
  const headers = {
    Authorization: 'Bearer quern-stone',
    cookie: 'session=quern-stone',
    'X-Api-Key': 'block:secret/key',
    'x-auth-token': 'quern-stone',
    'Proxy-Authorization': '',
    'X-Team': 'data',
    'Content-Type': 'application/json',
  }
  expect(plainSecretHeaders(headers)).toEqual(['Authorization', 'cookie', 'x-auth-token'])
})
