import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { startSignIn } from '#test/fakes/google-sign-in.ts'
import { leaksIn } from '#test/fixtures/leaks.ts'
import { isLinux } from './left-over.ts'
import { filesIn } from './tapped-client.ts'
import { workspace, type Workspace } from './workspace.ts'

const passphrase = 'quern-passphrase-7f3a9Zx'
const vault = { MILLRACE_SECRETS: 'vault', MILLRACE_VAULT_PASSPHRASE: passphrase }

/** In what was said, and in the home. */
const leaks = (space: Workspace, secret: string, said: string): readonly string[] => {
  const find = leaksIn([{ name: 'secret', value: secret, core: secret, isFileName: false }])
  return [Buffer.from(said), ...filesIn(space.home).map((file) => readFileSync(file))].flatMap(find)
}

const ancestors = `p=$$
while [ "$p" -gt 1 ]; do
  p=$(sed -n 's/^PPid:[[:blank:]]*//p' /proc/$p/status)
  tr '\\0' '\\n' < /proc/$p/environ 2>/dev/null | grep '^MILLRACE_VAULT_PASSPHRASE=' || true
done`

test.runIf(isLinux)(
  'the passphrase of the vault, which a script can read out of its ancestors, is masked',
  async () => {
    const space = workspace()
    const tasks = { look: { type: 'script.shell', with: { script: ancestors } } }
    const file = space.flow('ancestors', `tasks: ${JSON.stringify(tasks)}\n`)
    const { exitCode, stdout, stderr } = await space.millrace(['run', file], { env: vault })
    expect(exitCode, stderr).toBe(0)
    expect(stdout + stderr).toContain('MILLRACE_VAULT_PASSPHRASE=********')
    expect(leaks(space, passphrase, stdout + stderr)).toEqual([])
  },
)

test.runIf(isLinux)('a key that a block reads from a file is masked in all tasks that come after', async () => {
  const space = workspace()
  const signIn = await startSignIn()
  onTestFinished(() => signIn.close())
  const { keyFile } = signIn.account('loader')
  const path = space.write('key.json', keyFile)
  const env = { ...vault, MILLRACE_GOOGLE_TOKEN_URI: 'http://127.0.0.1:9/token' }
  const create = async (...args: readonly string[]) => {
    const made = await space.millrace(['block', 'create', ...args], { env })
    expect(made, made.stderr).toMatchObject({ exitCode: 0 })
  }
  await create('gcp-credentials', 'file', '--set', 'source=file', '--set', `service_account_file=${path}`)
  await create('gcs-bucket', 'lake', '--set', 'bucket=lake', '--set', 'gcp_credentials=block:gcp-credentials/file')
  const tasks = {
    list: { type: 'storage.list', with: { storage: 'block:gcs-bucket/lake' }, allow_failure: true },
    show: { type: 'script.shell', after: ['list'], with: { script: `cat '${path}'` } },
  }
  const { stdout, stderr } = await space.millrace(['run', space.flow('shows', `tasks: ${JSON.stringify(tasks)}\n`)], {
    env,
  })
  expect(stdout + stderr).toContain('********')
  const { private_key: key } = JSON.parse(keyFile) as { private_key: string }
  expect(leaks(space, key.replace(/-----[A-Z ]+-----/g, '').trim(), stdout + stderr)).toEqual([])
})
