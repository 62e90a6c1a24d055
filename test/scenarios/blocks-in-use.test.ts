import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { startSignIn } from '#test/fakes/google-sign-in.ts'
import { jsonLines } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

/** Passphrases and secrets of this file are made up here and open nothing else. */
const vault = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }
const token = 'quern-7f3a+9/Zx=stone'

const Shown = z.looseObject({
  reference: z.string(),
  last_used: z.string().nullable(),
  last_test: z.looseObject({ passed: z.boolean(), stages: z.array(z.looseObject({ stage: z.string() })) }).nullable(),
  used_by: z.looseObject({
    flows: z.array(
      z.looseObject({ name: z.string(), places: z.array(z.looseObject({ task: z.string().nullable() })) }),
    ),
    blocks: z.array(z.looseObject({ reference: z.string() })),
    flow_runs: z.array(z.looseObject({ name: z.string() })),
  }),
})

const inspect = async (space: Workspace, block: string) => {
  const ended = await space.millrace(['block', 'inspect', block, '--json'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  return Shown.parse(jsonLines(ended.stdout)[0])
}

const ok = async (space: Workspace, args: readonly string[], options = {}) => {
  const ended = await space.millrace(args, options)
  expect(ended.exitCode, ended.stderr).toBe(0)
  return ended
}

const inLibrary = (space: Workspace, name: string): string => path.join(space.home, 'flows', `${name}.yaml`)

/** Comments, quotes and blanks as people leave them. */
const upload = `millrace: 1
name: upload
# which lake
parameters:
    lake: { default: "block:local-file-system/lake",   type: block, types: [local-file-system] }
variables: { where: '{{ blocks.local-file-system.lake.path }}' }
tasks:
    make:
        type: script.shell
        note: block:local-file-system/lake is the one
        with: { script: 'printf trips > "$MILLRACE_OUTPUTS/trips.txt"' }
    up:   # up it goes
        type: storage.upload
        inputs: {files: make.file}
        with:
            storage: block:local-file-system/lake   # the lake
            to: month/
    say: { type: log.message, after: [up], with: { message: "in {{ where }} of {{lake}}" } }
layout: { make: [0, 0] }
`

const withUpload = async (): Promise<Workspace> => {
  const space = workspace()
  await ok(space, ['flow', 'import', space.write('upload.yaml', upload)])
  return space
}

test('the list shows what uses a block, and a used block is not deleted: the refusal lists why', async () => {
  const space = await withUpload()
  const listed = await ok(space, ['block', 'ls'])
  expect(listed.stdout).toMatch(/block:local-file-system\/lake +not tested +1 flow /)
  const { used_by } = await inspect(space, 'local-file-system/lake')
  expect(used_by.flows.map(({ name, places }) => [name, places.map(({ task }) => task)])).toEqual([
    ['upload', [null, null, 'up']],
  ])
  const told = await ok(space, ['block', 'inspect', 'local-file-system/lake'])
  expect(told.stdout).toContain('Used by:\n  flow upload (parameters.lake, variables.where, up)')

  const refused = await space.millrace(['block', 'delete', 'local-file-system/lake'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('is used and was not deleted')
  expect(refused.stderr).toContain('the flow “upload” (parameters.lake, variables.where, task up)')
  await ok(space, ['block', 'delete', 'local-file-system/lake', '--force'])
  const broken = await space.millrace(['flow', 'validate', 'upload'])
  expect(broken.exitCode).toBe(2)
  await ok(space, ['block', 'delete', 'duckdb/warehouse'])
})

test('a rename changes the references of flows and nothing else in their YAML, and the flow runs as before', async () => {
  const space = await withUpload()
  expect((await inspect(space, 'local-file-system/lake')).last_used).toBeNull()
  await ok(space, ['run', 'upload'])
  expect((await inspect(space, 'local-file-system/lake')).last_used).not.toBeNull()
  const renamed = await ok(space, ['block', 'rename', 'local-file-system/lake', 'data lake'])
  expect(renamed.stdout).toBe('block:local-file-system/data lake\n')
  expect(renamed.stderr).toContain('The flow upload names it anew.')
  const expected = upload
    .replace('"block:local-file-system/lake"', '"block:local-file-system/data lake"')
    .replace('storage: block:local-file-system/lake ', 'storage: block:local-file-system/data lake ')
    .replace('blocks.local-file-system.lake.path', 'blocks.local-file-system["data lake"].path')
  expect(readFileSync(inLibrary(space, 'upload'), 'utf8')).toBe(expected)
  const run = await ok(space, ['run', 'upload'])
  expect(run.stderr).toContain('in lake of block:local-file-system/data lake')
  expect(existsSync(path.join(space.home, 'lake/month/trips.txt'))).toBe(true)
  await ok(space, ['block', 'rename', 'local-file-system/data lake', 'lake'])
  expect(readFileSync(inLibrary(space, 'upload'), 'utf8')).toBe(
    upload.replace('blocks.local-file-system.lake.path', 'blocks.local-file-system["lake"].path'),
  )
})

test('while a run that names it goes on, a block keeps its name and stays', async () => {
  const space = workspace()
  await ok(space, ['block', 'create', 'string', 'greeting', '--set', 'value=hello'])
  const { wait, open } = gate(space, 'open')
  const flow = space.flow(
    'waits',
    `tasks:
  hold: { type: script.shell, with: { script: "echo here; ${wait}" } }
  say: { type: log.message, after: [hold], with: { message: "{{ blocks.string.greeting.value }} there" } }
`,
  )
  const run = space.start(['run', flow])
  await run.saw('here')
  const renamed = await space.millrace(['block', 'rename', 'string/greeting', 'salute'])
  expect(renamed.exitCode).toBe(2)
  expect(renamed.stderr).toContain('flow runs that have not ended name it')
  expect((await space.millrace(['block', 'delete', 'string/greeting'])).stderr).toContain('which has not ended')
  open()
  expect((await run.ended).stderr).toContain('hello there')
  await ok(space, ['block', 'rename', 'string/greeting', 'salute'])
})

test('blocks of one home are imported into another, which asks for exactly the missing secrets; then the flow runs', async () => {
  const space = workspace()
  await ok(space, ['config', 'set', 'secrets=vault'])
  const secret = { env: vault, input: `${token}\n` }
  await ok(space, ['block', 'create', 'secret', 'token', '--stdin', 'value'], secret)
  await ok(space, ['block', 'create', 'string', 'greeting', '--set', 'value=hello'])
  await ok(space, ['block', 'create', 'date-time', 'start', '--set', 'value=2021-01-31'])
  const flow = `millrace: 1
name: greet
tasks:
  greet:
    type: script.shell
    with:
      secrets: { TOKEN: block:secret/token }
      script: |
        test "$(printf %s "$TOKEN" | wc -c)" = ${token.length}
        echo {{ blocks.string.greeting.value }} in {{ blocks.date-time.start.value | date: "%Y/%m" }}
`
  const exported = await ok(space, ['block', 'export'])
  expect(exported.stdout).not.toContain(token)

  const other = workspace()
  await ok(other, ['config', 'set', 'secrets=vault'])
  await ok(other, ['flow', 'import', other.write('greet.yaml', flow)])
  expect((await other.millrace(['run', 'greet'])).exitCode).toBe(2)
  const imported = await ok(other, ['block', 'import', other.write('blocks.yaml', exported.stdout), '--json'])
  expect(jsonLines(imported.stdout)[0]).toMatchObject({
    missing: [{ reference: 'block:secret/token', field: 'value', title: 'Value' }],
    missing_blocks: [],
  })
  const again = await ok(other, ['block', 'import', other.path('blocks.yaml')])
  expect(again.stderr.trim().split('\n')).toEqual([
    'Still to be set: value of block:secret/token. millrace block edit block:secret/token --stdin value',
  ])
  expect((await ok(other, ['block', 'ls'])).stdout).toMatch(
    /block:secret\/token +not ready +1 flow +Value must still be set/,
  )
  await ok(other, ['block', 'edit', 'block:secret/token', '--stdin', 'value'], secret)
  const done = await ok(other, ['block', 'import', other.path('blocks.yaml')])
  expect(done.stderr).toBe('')
  const run = await ok(other, ['run', 'greet'], { env: vault })
  expect(run.stderr).toContain('hello in 2021/01')
})

test('secrets come from a file too, can be cleared, and the last test is shown with its stages', async () => {
  const space = workspace()
  await ok(space, ['config', 'set', 'secrets=vault'])
  space.write('token.txt', token)
  const made = await ok(space, ['block', 'create', 'secret', 'token', '--file', 'value=token.txt', '--json'], {
    env: vault,
  })
  expect(jsonLines(made.stdout)[0]).toMatchObject({ reference: 'block:secret/token', secrets: { value: '********' } })
  expect(made.stdout).not.toContain(token)
  await ok(space, ['block', 'test', 'secret/token'], { env: vault })
  expect((await inspect(space, 'secret/token')).last_test).toMatchObject({
    passed: true,
    stages: [{ stage: 'Read the value', message: 'The value is set and can be read.' }],
  })
  const cleared = await ok(space, ['block', 'edit', 'secret/token', '--clear', 'value'], { env: vault })
  expect(cleared.stderr).toContain('Value must still be set.')
  const failed = await space.millrace(['block', 'test', 'secret/token'], { env: vault })
  expect(failed.exitCode).toBe(1)
  expect((await ok(space, ['block', 'inspect', 'secret/token'])).stdout).toMatch(
    /Last test: failed[^\n]*\n {2}failed {2}Secrets/,
  )
  const wrong = await space.millrace(['block', 'edit', 'secret/token', '--stdin', 'valu'], { env: vault, input: token })
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('Did you mean “value”?')
  const argument = await space.millrace(['block', 'edit', 'secret/token', '--stdin', `value=${token}`], { env: vault })
  expect(argument.exitCode).toBe(2)
  expect(argument.stderr).not.toContain(token)
})

test('a parameter takes only blocks of its types, before the run starts', async () => {
  const space = workspace()
  await ok(space, ['block', 'create', 'date-time', 'start', '--set', 'value=2021-01-31'])
  const flow = space.flow(
    'typed',
    `parameters:
  lake: { type: block, types: [local-file-system], default: block:local-file-system/lake }
tasks:
  list: { type: storage.list, with: { storage: "{{ lake }}" } }
  say: { type: log.message, with: { message: "since {{ blocks.date-time.start.value }}" } }
`,
  )
  const wrong = await space.millrace(['run', flow, '-p', 'lake=block:date-time/start'])
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('is no block of type local-file-system')
  expect(await space.flowRuns()).toEqual([])
  space.write('unknown.yaml', space.read('typed.yaml').replace('start.value', 'start.valeu'))
  const misspelt = await space.millrace(['flow', 'validate', space.path('unknown.yaml')])
  expect(misspelt.exitCode).toBe(2)
  expect(misspelt.stdout).toContain('Did you mean “value”?')
})

test('a bucket is exported with its credentials; the key is asked for, looked at, and shown only by what it holds', async () => {
  const signIn = await startSignIn()
  onTestFinished(() => signIn.close())
  const { keyFile: key, email } = signIn.account('flows', 'dtc-de')
  const space = workspace()
  await ok(space, ['config', 'set', 'secrets=vault'])
  await ok(space, ['block', 'create', 'gcp-credentials', 'zoom', '--stdin', 'service_account_info'], {
    env: vault,
    input: key,
  })
  const settings = ['--set', 'bucket=dtc-lake', '--set', 'gcp_credentials=block:gcp-credentials/zoom']
  await ok(space, ['block', 'create', 'gcs-bucket', 'zoom', ...settings])
  const missing = await space.millrace([
    'block',
    'edit',
    'gcs-bucket/zoom',
    '--set',
    'gcp_credentials=block:gcp-credentials/zom',
  ])
  expect(missing.exitCode).toBe(2)
  expect(missing.stderr).toContain('block:gcp-credentials/zom does not exist')
  const used = await space.millrace(['block', 'delete', 'gcp-credentials/zoom'])
  expect(used.stderr).toContain('block:gcs-bucket/zoom (gcp_credentials)')
  await ok(space, ['block', 'rename', 'gcp-credentials/zoom', 'dtc'])
  const exported = await ok(space, ['block', 'export', 'gcs-bucket/zoom'])
  expect(exported.stdout).toContain('gcp_credentials: block:gcp-credentials/dtc')

  const other = workspace()
  await ok(other, ['config', 'set', 'secrets=vault'])
  const imported = await ok(other, ['block', 'import', other.write('blocks.yaml', exported.stdout)])
  expect(imported.stdout).toBe('block:gcp-credentials/dtc\nblock:gcs-bucket/zoom\n')
  expect(imported.stderr).toBe(
    'Still to be set: service_account_info of block:gcp-credentials/dtc. millrace block edit block:gcp-credentials/dtc --stdin service_account_info\n',
  )
  expect((await ok(other, ['block', 'inspect', 'gcs-bucket/zoom'])).stdout).toContain(
    'Problem: block:gcp-credentials/dtc, which it names, cannot be used: Service account key must still be set.',
  )
  const edit = ['block', 'edit', 'gcp-credentials/dtc', '--stdin', 'service_account_info']
  const wrong = await other.millrace(edit, { env: vault, input: '<!DOCTYPE html><html></html>' })
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toMatch(/web page|HTML/)
  await ok(other, edit, { env: vault, input: key })
  const shown = await ok(other, ['block', 'inspect', 'gcp-credentials/dtc'])
  expect(shown.stdout).toMatch(
    new RegExp(`service_account_info +\\*{8} +Project dtc-de, Account ${email}, Key id [0-9a-f]{40}`),
  )
  expect((await ok(other, ['block', 'inspect', 'gcs-bucket/zoom'])).stdout).not.toContain('Problem')
})
