import { expect, test } from 'vitest'
import { problemsOfSecrets, problemsOfSettings } from '#core/services/blocks/check-block.ts'
import { containing } from '#test/fixtures/containing.ts'
import { postgresBlock } from './index.ts'
import { contextOf } from './testing/postgres-tables.ts'
import { parseUrl } from './parse-url.ts'
import { locationOf, targetOf } from './target.ts'

test.each([
  [
    'postgresql://root:root@localhost:5432/ny_taxi',
    { host: 'localhost', port: 5432, user: 'root', password: 'root', database: 'ny_taxi' },
  ],
  ['postgres://root@db.example.org/taxi', { host: 'db.example.org', user: 'root', database: 'taxi' }],
  [
    'postgresql+psycopg2://root:p%40ss%2Fword@pg/taxi?sslmode=require',
    { host: 'pg', user: 'root', password: 'p@ss/word', database: 'taxi', tls: 'require' },
  ],
  ['postgresql://root:a@b@h/t', { host: 'h', password: 'a@b' }],
  [
    'postgresql://[::1]:5433/t?connect_timeout=3&application_name=it',
    { host: '::1', port: 5433, database: 't', connectTimeout: 3000, options: { application_name: 'it' } },
  ],
  ['postgresql:///t?host=/run/postgresql&user=me', { host: '/run/postgresql', database: 't', user: 'me' }],
  [
    'postgresql://a:b:c@h/t?options=-c%20search_path%3Dtaxi%2Cpublic%20-cstatement_timeout%3D5min',
    { user: 'a', password: 'b:c', options: { search_path: 'taxi,public', statement_timeout: '5min' } },
  ],
  [
    'postgresql://h/t?sslmode=verify-full&sslrootcert=/etc/ca.pem&schema=taxi',
    { tls: 'verify-full', ca: '/etc/ca.pem', schema: 'taxi' },
  ],
])('%s is read', (url, parts) => {
  expect(parseUrl(url)).toMatchObject(parts)
})

test.each([
  ['mysql://root:hidden-word@h/t', /does not begin with postgresql/],
  ['postgresql://root:12/hidden-word@b/t', /Write \/ within the password as %2F/],
  ['postgresql://root:hidden-word%zz@h/t', /not followed by two digits/],
  ['postgresql://root:hidden-word@h/t?sslmode=maybe', /sslmode is none of/],
  ['postgresql://root:hidden-word@h1,h2/t', /several hosts/],
  ['postgresql://root:hidden-word@h:54x2/t', /the number of the port/],
  ['nonsense hidden-word', /does not begin with postgresql/],
])('what is wrong with a URL is said without repeating it (%#)', (url, message) => {
  expect(() => parseUrl(url)).toThrow(message)
  expect(() => parseUrl(url)).not.toThrow(/hidden-word/)
  const problems = problemsOfSecrets(postgresBlock, { url }, false)
  expect(problems).toEqual([containing(message)])
  expect(problems.join()).not.toContain('hidden-word')
})

test('of a URL all but its password is shown', () => {
  const facts = postgresBlock.facts?.['url']?.('postgresql://root:hidden-word@db.example.org:5433/ny_taxi')
  expect(facts).toEqual({ shown: { Host: 'db.example.org:5433', Database: 'ny_taxi', User: 'root' }, expiresAt: null })
})

test('a host without a user is not saved; a URL may name both', () => {
  expect(problemsOfSettings(postgresBlock, { host: 'h' })).toEqual([containing(/“user” is missing/)])
  expect(problemsOfSettings(postgresBlock, { host: 'h', user: 'root' })).toEqual([])
  expect(problemsOfSettings(postgresBlock, { schema: 'taxi' })).toEqual([])
})

test('without a host the secret URL says it all; settings fill what it leaves open', async () => {
  const context = contextOf({ database: 'other', schema: 'staging' }, { url: 'postgresql://me:word-of-it@h:1234' })
  const target = await targetOf(context)
  expect(target).toMatchObject({
    host: 'h',
    port: 1234,
    user: 'me',
    password: 'word-of-it',
    database: 'other',
    schema: 'staging',
    tls: 'prefer',
  })
  expect(locationOf(target)).toBe('postgresql://h:1234/other')
})

test('without host and URL, or without a user, it says what to give', async () => {
  await expect(targetOf(contextOf({}))).rejects.toThrow(
    /Give the host, database and user of the server, or set the secret “url”/,
  )
  await expect(targetOf(contextOf({}, { url: 'postgresql://h/t' }))).rejects.toThrow(/“user” is missing/)
})
