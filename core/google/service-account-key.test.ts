import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { factsOfKey, parseServiceAccountKey } from './service-account-key.ts'

const pem = (type: 'pkcs8' | 'pkcs1' = 'pkcs8'): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' })

const made = pem()
const email = 'flows@test-project.iam.gserviceaccount.com'
const keyFile = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'test-project',
    private_key_id: 'a'.repeat(40),
    private_key: made,
    client_email: email,
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
    ...changes,
  })

const refusalOf = (text: string): string => {
  try {
    parseServiceAccountKey(text)
  } catch (error) {
    return String(error)
  }
  throw new Error('It was taken.')
}

test('of a key its project, account and id may be shown, and nothing else', () => {
  const facts = factsOfKey(keyFile())
  expect(facts).toEqual({
    shown: { Project: 'test-project', Account: email, 'Key id': 'a'.repeat(40) },
    expiresAt: null,
  })
})

test('keys are taken as they come: of before 2023, with a byte order mark, with line ends spelled out, as PKCS #1', () => {
  const old = { universe_domain: undefined, token_uri: 'https://accounts.google.com/o/oauth2/token' }
  expect(parseServiceAccountKey(keyFile(old)).universe).toBe('googleapis.com')
  expect(parseServiceAccountKey(`\uFEFF\r\n${keyFile()}\n`).email).toBe(email)
  expect(parseServiceAccountKey(keyFile({ private_key: made.replaceAll('\n', '\\n') })).privateKey).toBe(made)
  expect(parseServiceAccountKey(keyFile({ private_key: pem('pkcs1') })).email).toBe(email)
})

test.each([
  ['nothing', ' \n', /This is empty/],
  ['an OAuth client', '{"installed":{"client_id":"x"}}', /OAuth client/],
  ['an OAuth client of a site', '{"web":{"client_id":"x"}}', /OAuth client .* web sites/],
  [
    'a person',
    '{"type":"authorized_user","client_id":"x","refresh_token":"y"}',
    /authorized_user.*choose “application-default”/,
  ],
  ['federation', '{"type":"external_account","audience":"x"}', /external_account/],
  ['impersonation', '{"type":"impersonated_service_account"}', /impersonated_service_account/],
  ['a type of its own', '{"type":"something"}', /of type “something”/],
  [
    'a masked export',
    keyFile({ private_key: '**********', client_email: '**********', type: '**********' }),
    /masked with asterisks: Prefect/,
  ],
  ['an export with a masked key', keyFile({ private_key: '**********' }), /masked with asterisks/],
  ['an export of a block', '{"service_account_info":"********"}', /masked with asterisks/],
  [
    'a block of Prefect',
    '{"service_account_info":{},"block_type_slug":"gcp-credentials"}',
    /under service_account_info/,
  ],
  ['a page', '<!DOCTYPE html><html><body>Sign in</body></html>', /a web page/],
  ['half a file', keyFile().slice(0, 700), /cut off in the middle/],
  ['two files', `${keyFile()}${keyFile()}`, /more was pasted/],
  ['a PEM alone', made, /private key alone/],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----', /certificate, not a key/],
  ['a P12', '\u0000\u0001\u0002', /binary file/],
  ['a path', '~/Downloads/key.json', /This is a path/],
  ['a path of Windows', 'C:\\Users\\me\\key.json', /This is a path/],
  ['the name of a file', 'key.json', /name of a file/],
  ['an account', email, /name of an account/],
  ['base64', Buffer.from(keyFile()).toString('base64'), /base64/],
  ['a list', '[1]', /not an object/],
  ['a saved error', '{"error":{"code":403}}', /error that a server answered/],
  ['an answer of the API', '{"name":"x","privateKeyData":"eyJ"}', /answer of the IAM API/],
  [
    'a broken private key',
    keyFile({ private_key: made.replace(/\n[^-]+\n/, '\nplaceholder\n') }),
    /its private_key cannot be read/,
  ],
  ['no account', keyFile({ client_email: undefined }), /incomplete: client_email missing/],
  ['chat quotes', keyFile().replaceAll('"', '”'), /typographic quotes/],
  [
    'another kind of key',
    keyFile({ private_key: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) }),
    /not an RSA key but ed25519/,
  ],
])('%s is told from a key, with what to fetch', (_what, text, expected) => {
  const refusal = refusalOf(text)
  expect(refusal).toMatch(expected)
  expect(refusal).toContain('IAM & Admin › Service Accounts')
})

test('a refusal quotes nothing of a key', () => {
  const cut = keyFile().slice(0, 900)
  const refusal = refusalOf(cut)
  const parts = Array.from({ length: made.length - 12 }, (_, at) => made.slice(at, at + 12))
  expect(parts.filter((part) => !/[-\n]/.test(part) && refusal.includes(part))).toEqual([])
})
