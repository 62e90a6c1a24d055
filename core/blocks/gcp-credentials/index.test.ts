import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { TestStage } from '#core/model/block.ts'
import { startSignIn, type SignInServer } from '#test/fakes/google-sign-in.ts'
import { containing } from '#test/fixtures/containing.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { gcpCredentialsBlock } from './index.ts'

const home = mkdtempSync(join(tmpdir(), 'millrace-credentials-'))
let tokens: SignInServer
beforeAll(async () => {
  tokens = await startSignIn()
})
beforeEach(() => {
  vi.stubEnv('MILLRACE_GOOGLE_TOKEN_URI', tokens.tokenUri)
  return () => vi.unstubAllEnvs()
})
afterAll(async () => {
  rmSync(home, { recursive: true, force: true })
  await tokens.close()
})

const stagesWith = (settings: unknown, key = '', told: string[] = []): Promise<TestStage[]> =>
  Array.fromAsync(
    gcpCredentialsBlock.test({
      settings: gcpCredentialsBlock.config.parse(settings),
      secret: () => Promise.resolve(key),
      block: noNestedBlock,
      http: noHttp,
      home,
      signal: new AbortController().signal,
      mask: (value) => told.push(value),
    }),
  )

test('its examples are valid', () => {
  for (const example of gcpCredentialsBlock.examples)
    expect(gcpCredentialsBlock.config.safeParse(example).success).toBe(true)
})

test('a key that was dropped is read, compared in time and signed in with', async () => {
  const { keyFile, email } = tokens.account('dropped')
  expect(await stagesWith({}, keyFile)).toMatchObject([
    { stage: 'Read the credentials', ok: true, message: containing(/The key [0-9a-f]{40} of dropped@/) },
    { stage: 'Reach Google and compare clocks', ok: true },
    { stage: 'Sign in', ok: true, message: `As ${email}.` },
  ])
})

test('a key file is read from its path, relative to the home', async () => {
  const { keyFile } = tokens.account('file')
  writeFileSync(join(home, 'key.json'), keyFile)
  const stages = await stagesWith({ source: 'file', service_account_file: 'key.json' })
  expect(stages.every(({ ok }) => ok)).toBe(true)
  expect(await stagesWith({ source: 'file', service_account_file: 'absent.json' })).toMatchObject([
    { ok: false, message: containing(/absent\.json cannot be read/) },
  ])
  expect(await stagesWith({ source: 'file' })).toMatchObject([{ ok: false, message: containing(/no path is given/) }])
})

test('a key that is read from a file is masked, another file is not', async () => {
  const { keyFile } = tokens.account('masked')
  writeFileSync(join(home, 'masked.json'), keyFile)
  writeFileSync(join(home, 'notes.json'), 'only notes')
  const told: string[] = []
  await stagesWith({ source: 'file', service_account_file: 'notes.json' }, '', told)
  expect(told).toEqual([])
  await stagesWith({ source: 'file', service_account_file: 'masked.json' }, '', told)
  expect(told).toEqual([keyFile])
})

test('application default is what the environment names', async () => {
  const { keyFile, email } = tokens.account('default')
  const path = join(home, 'default.json')
  writeFileSync(path, keyFile)
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path)
  expect((await stagesWith({ source: 'application-default' })).at(-1)).toMatchObject({
    ok: true,
    message: `As ${email}.`,
  })
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(home, 'gone.json'))
  expect((await stagesWith({ source: 'application-default' })).at(-1)).toMatchObject({
    ok: false,
    message: containing(/GOOGLE_APPLICATION_CREDENTIALS names a file that is not there/),
    remedy: containing(/Correct the variable/),
  })
})

test('each stage that fails is the last, and says what to do', async () => {
  expect(await stagesWith({}, '{"web":{}}')).toMatchObject([{ ok: false, message: containing(/OAuth client/) }])
  const account = tokens.account('failing')
  tokens.setClock(-1_200_000)
  expect((await stagesWith({}, account.keyFile)).at(-1)).toMatchObject({
    stage: 'Reach Google and compare clocks',
    ok: false,
    message: containing(/20 minutes ahead of Google’s/),
    remedy: containing(/timedatectl/),
  })
  tokens.setClock(0)
  account.become('disabled')
  expect((await stagesWith({}, account.keyFile)).at(-1)).toMatchObject({
    stage: 'Sign in',
    ok: false,
    message: containing(/is disabled/),
    remedy: containing(/gcloud iam service-accounts enable/),
  })
  vi.stubEnv('MILLRACE_GOOGLE_TOKEN_URI', 'http://127.0.0.1:9/token')
  expect((await stagesWith({}, account.keyFile)).at(-1)).toMatchObject({
    stage: 'Reach Google and compare clocks',
    ok: false,
    message: containing(/could not be reached/),
  })
})

test('nothing of a key is in what a test says', async () => {
  const { keyFile } = tokens.account('quiet')
  const said = JSON.stringify([await stagesWith({}, keyFile), await stagesWith({}, keyFile.slice(0, 900))])
  const body = /PRIVATE KEY-----\\n(.+)\\n-----END/.exec(keyFile)?.[1] ?? ''
  expect(body.length).toBeGreaterThan(1000)
  for (const line of body.split('\\n')) expect(said).not.toContain(line)
})
