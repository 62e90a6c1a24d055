import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startReceiver } from '#test/fakes/notify/receiver.ts'
import { workspace } from './workspace.ts'

/** Opens nothing but the vault of these tests. */
const env = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }
const token = 'made-up-token-7f3a9Zx-of-an-endpoint'
const basic = Buffer.from(`reader:${token}`).toString('base64')

/** A service that tells everybody what it was told. */
const startEcho = () =>
  startReceiver(({ method, path: asked, headers, body }) => ({
    status: asked.endsWith('/wrong') ? 422 : 200,
    headers: { 'content-type': 'application/json', 'x-echo': headers.authorization ?? '' },
    body: JSON.stringify({ method, asked, headers, body }),
  }))

test('requests and downloads sign in at their endpoint, and what they signed in with is nowhere to be read', async () => {
  const space = workspace()
  const echo = await startEcho()
  await space.millrace(['config', 'set', 'secrets=vault'])
  const create = async (type: string, name: string, settings: readonly string[], secret: string) => {
    const sets = settings.flatMap((pair) => ['--set', pair])
    const made = await space.millrace(['block', 'create', type, name, ...sets, '--stdin', secret], {
      env,
      input: token,
    })
    expect(made.exitCode, made.stderr).toBe(0)
  }
  await create('http-endpoint', 'bearer', [`base_url=${echo.url}/v1`, 'auth=bearer'], 'token')
  await create('http-endpoint', 'basic', [`base_url=${echo.url}/v2`, 'auth=basic', 'user=reader'], 'password')
  const flow = space.flow(
    'calls',
    `tasks:
  ask: { type: http.request, with: { endpoint: block:http-endpoint/bearer, url: rides, query: { month: 11 } } }
  say: { type: log.message, with: { message: "{{ tasks.ask.body.headers.authorization }} {{ tasks.ask.headers['x-echo'] }}" } }
  post: { type: http.request, with: { endpoint: block:http-endpoint/basic, method: POST, url: rides, json: { n: 1 } } }
  fetch: { type: http.download, with: { endpoint: block:http-endpoint/bearer, url: file.json } }
  wrong: { type: http.request, allow_failure: true, with: { endpoint: block:http-endpoint/basic, url: wrong } }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'], { env })
  const said = ended.stdout + ended.stderr
  expect(ended.exitCode, said).toBe(0)
  expect(
    echo.received.map(({ method, path: asked, headers }) => `${method} ${asked} ${headers.authorization}`).toSorted(),
  ).toEqual([
    `GET /v1/file.json Bearer ${token}`,
    `GET /v1/rides?month=11 Bearer ${token}`,
    `GET /v2/wrong Basic ${basic}`,
    `POST /v2/rides Basic ${basic}`,
  ])
  const [run] = await space.flowRuns()
  const logs = await space.millrace(['flow-run', 'logs', run?.id ?? ''])
  expect(logs.stdout).toContain('********')
  for (const form of [token, basic, basic.replace(/=+$/, '')]) {
    expect(said + logs.stdout).not.toContain(form)
    expect(holding(space.home, form).filter((file) => !file.endsWith('file.json'))).toEqual([])
  }
})

/** A downloaded file is what the server sent, byte for byte; nothing else of the home may hold a secret. */
const holding = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text))
