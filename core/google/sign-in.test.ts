import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSignIn, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { signIn } from './client.ts'
import type { GoogleCredentials } from './credentials.ts'
import { googleEndpoints, googleEnvironment } from './environment.ts'
import { parseServiceAccountKey } from './service-account-key.ts'

const { signal } = new AbortController()
let server: SignInServer
beforeAll(async () => {
  server = await startSignIn()
})
afterAll(() => server.close())

const endpoints = () => ({ storage: null, bigquery: null, token: server.tokenUri })
const asKey = (keyFile: string): GoogleCredentials => {
  const key = parseServiceAccountKey(keyFile)
  return { source: 'key', key, project: key.project }
}
const headersOf = async (keyFile: string) => {
  const { headers } = await signIn(asKey(keyFile), null, endpoints())
  return headers(signal)
}

test('a key signs in, and its token is asked for once', async () => {
  const account = server.account('once')
  const signedIn = await signIn(asKey(account.keyFile), null, endpoints())
  expect(signedIn).toMatchObject({ identity: account.email, project: 'test-project' })
  const before = server.signIns()
  const { authorization = '' } = await signedIn.headers(signal)
  expect(server.whose(authorization.replace('Bearer ', ''))).toBe(account.email)
  expect(await signedIn.headers(signal)).toEqual({ authorization })
  expect(server.signIns()).toBe(before + 1)
})

test.each([
  ['deleted', /There is no account .* any more/],
  ['disabled', /is disabled. Let its owner run: gcloud iam service-accounts enable/],
  ['without-this-key', /does not know the key [0-9a-f]{40} of .*gcloud iam service-accounts keys list/],
] as const)('an account that is %s is told apart', async (state, message) => {
  const account = server.account(state)
  account.become(state)
  await expect(headersOf(account.keyFile)).rejects.toMatchObject({
    failure: { code: 'denied', retryable: false, message: expect.stringMatching(message) as unknown },
  })
})

test('a key of another account with the same name is no key of this one', async () => {
  const old = server.account('again')
  server.account('again')
  await expect(headersOf(old.keyFile)).rejects.toThrow(/does not know the key/)
})

test('a clock that is wrong is named as the reason', async () => {
  const { keyFile } = server.account('late')
  server.setClock(3_600_000)
  await expect(headersOf(keyFile)).rejects.toThrow(/the clock of this machine is wrong/)
  server.setClock(0)
})

test('a server that is not there is worth another try', async () => {
  const { keyFile } = server.account('lonely')
  const gone = await startSignIn()
  await gone.close()
  const nowhere = { ...endpoints(), token: gone.tokenUri }
  const { headers } = await signIn(asKey(keyFile), null, nowhere)
  await expect(headers(signal)).rejects.toMatchObject({ failure: { code: 'unavailable', retryable: true } })
})

test('nothing of the key is in a refusal', async () => {
  const account = server.account('quiet')
  account.become('without-this-key')
  const error: unknown = await headersOf(account.keyFile).catch((thrown: unknown) => thrown)
  const { privateKey } = parseServiceAccountKey(account.keyFile)
  const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)
  expect(told).not.toContain('assertion')
  for (const line of privateKey.split('\n').filter((text) => text.length > 40)) expect(told).not.toContain(line)
  expect(error).not.toHaveProperty('cause')
})

test('no token of Google’s is sent to an emulator', async () => {
  const { keyFile } = server.account('careful')
  const emulated = { storage: 'http://127.0.0.1:9', bigquery: null, token: null }
  const { headers } = await signIn(asKey(keyFile), 'storage', emulated)
  expect(await headers(signal)).toEqual({})
})

test('a local server to sign in at must be local', () => {
  const at = (uri: string) => () => googleEndpoints({ MILLRACE_GOOGLE_TOKEN_URI: uri })
  expect(at('http://127.0.0.1:1/token')()).toMatchObject({ token: 'http://127.0.0.1:1/token' })
  for (const uri of [
    'https://127.0.0.1/token',
    'http://example.org/token',
    'http://127.0.0.1.example.org/token',
    'http://localhost@example.org/',
  ])
    expect(at(uri)).toThrow(/is not on this machine/)
})

test('of an environment only what leads to Google is passed on', () => {
  const environment = {
    STORAGE_EMULATOR_HOST: 'localhost:1',
    PASSWORD: 'x',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
  }
  expect(googleEnvironment(environment)).toEqual({
    STORAGE_EMULATOR_HOST: 'localhost:1',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
  })
  expect(googleEndpoints(environment).storage).toBe('http://localhost:1')
})
