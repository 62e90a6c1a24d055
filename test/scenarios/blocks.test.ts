import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonLines } from './millrace.ts'
import { gate, workspace, type Workspace } from './workspace.ts'

/** Passphrases and secrets of this file are made up here and open nothing else. */
const passphrase = 'a passphrase for this test'
const vault = { MILLRACE_VAULT_PASSPHRASE: passphrase }
const value = 'quern-7f3a+9/Zx=stone'

const BlockLine = z.looseObject({
  reference: z.string(),
  settings: z.record(z.string(), z.json()),
  secrets: z.record(z.string(), z.string().nullable()),
})

const blockOf = async (space: Workspace, block: string) => {
  const ended = await space.millrace(['block', 'inspect', block, '--json'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  return BlockLine.parse(jsonLines(ended.stdout)[0])
}

const withVault = async (): Promise<Workspace> => {
  const space = workspace()
  await space.millrace(['config', 'set', 'secrets=vault'])
  const made = await space.millrace(['block', 'create', 'secret', 'token', '--stdin', 'value'], {
    env: vault,
    input: `${value}\n`,
  })
  expect(made, made.stderr).toMatchObject({ exitCode: 0, stdout: 'block:secret/token\n' })
  return space
}

/** Forms in which a value may lie in a file. */
const formsOf = (text: string): readonly Buffer[] => {
  const bytes = Buffer.from(text)
  return [
    bytes,
    Buffer.from(text, 'utf16le'),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(encodeURIComponent(text)),
    ...[0, 1, 2].map((shift) => base64Middle(bytes, shift)),
  ]
}

/** What base64 makes of the value wherever it stands in a text: the part that does not hang on its neighbours. */
const base64Middle = (bytes: Buffer, shift: number): Buffer => {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  return Buffer.from(encoded.slice(4, -4))
}

const holdingValue = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file)
      return formsOf(text).some((form) => bytes.includes(form))
    })

test('a new home has a lake and a warehouse', async () => {
  const space = workspace()
  const listed = await space.millrace(['block', 'ls', '--json'])
  expect(jsonLines(listed.stdout).map((line) => BlockLine.parse(line).reference)).toEqual([
    'block:duckdb/warehouse',
    'block:local-file-system/lake',
  ])
  for (const block of ['duckdb/warehouse', 'local-file-system/lake'])
    expect(await space.millrace(['block', 'test', block])).toMatchObject({ exitCode: 0 })
  const types = await space.millrace(['block', 'type', 'ls'])
  for (const type of ['local-file-system', 'duckdb', 'secret', 'string', 'json', 'date-time'])
    expect(types.stdout).toContain(type)
  const shown = await space.millrace(['block', 'type', 'inspect', 'duckdb', '--json'])
  expect(JSON.parse(shown.stdout)).toMatchObject({ type: 'duckdb', title: 'DuckDB file' })
  const told = await space.millrace(['block', 'type', 'inspect', 'secret'])
  expect(told.stdout).toMatch(/^secret \(Secret\)\n[^]*value +required +Value/)
  expect(told.stdout).toContain('secrets: { API_TOKEN: block:secret/my-token }')
})

test('blocks are made, shown, changed, renamed, copied and deleted; flows read them by name', async () => {
  const space = workspace()
  const call = async (...args: string[]) => {
    const ended = await space.millrace(['block', ...args])
    expect(ended.exitCode, ended.stderr).toBe(0)
    return ended
  }
  await call('create', 'string', 'source', '--set', 'value=https://example.org/a=b')
  await call('create', 'json', 'colors', '--set', 'value={"first":"green","years":[2019,2020]}')
  expect(await blockOf(space, 'string/source')).toMatchObject({ settings: { value: 'https://example.org/a=b' } })
  await call('edit', 'block:string/source', '--set', 'value=https://example.org/c')
  await call('rename', 'string/source', 'origin')
  await call('duplicate', 'string/origin', 'copy')
  expect(await blockOf(space, 'string/copy')).toMatchObject({ settings: { value: 'https://example.org/c' } })
  const flow = space.flow(
    'reads-blocks',
    `tasks:
  say:
    type: log.message
    with: { message: "{{ blocks.string.origin.value }} {{ blocks.json.colors.value.years[1] }}" }
`,
  )
  const said = await space.millrace(['run', flow])
  expect(said.stderr).toContain('https://example.org/c 2020')
  await call('delete', 'string/copy')
  expect(await space.millrace(['block', 'inspect', 'string/copy'])).toMatchObject({ exitCode: 3 })
  const taken = await space.millrace(['block', 'create', 'string', 'origin', '--set', 'value=x'])
  expect(taken).toMatchObject({ exitCode: 2 })
  expect(taken.stderr).toContain('exists already')
  const wrong = await space.millrace(['block', 'create', 'string', 'other', '--set', 'vale=x'])
  expect(wrong).toMatchObject({ exitCode: 2 })
  expect(wrong.stderr).toContain('vale')
  await call('delete', 'string/origin')
  const gone = await space.millrace(['run', flow])
  expect(gone.exitCode).toBe(2)
  expect(gone.stderr).toMatch(/reads-blocks\.yaml:\d+:\d+ error .*string.origin/)
})

test('blocks are exported without secrets and imported elsewhere, byte for byte the same again', async () => {
  const space = await withVault()
  await space.millrace(['block', 'create', 'string', 'source', '--set', 'value=a: "b" # c'])
  const exported = await space.millrace(['block', 'export'])
  expect(exported.stdout).not.toContain(value)
  const other = workspace()
  const file = other.write('blocks.yaml', exported.stdout)
  const imported = await other.millrace(['block', 'import', file])
  expect(imported.exitCode, imported.stderr).toBe(0)
  expect(imported.stdout.trim().split('\n')).toContain('block:secret/token')
  expect(imported.stderr).toContain(
    'Still to be set: value of block:secret/token. millrace block edit block:secret/token --stdin value',
  )
  expect((await blockOf(other, 'string/source')).settings).toEqual({ value: 'a: "b" # c' })
  expect((await blockOf(other, 'secret/token')).secrets).toEqual({ value: null })
  const one = await space.millrace(['block', 'export', 'string/source'])
  expect((await other.millrace(['block', 'export', 'string/source'])).stdout).toBe(one.stdout)
})

test('a secret field is never an argument, and needs a place to be kept', async () => {
  const space = workspace()
  const nowhere = await space.millrace(['block', 'create', 'secret', 'token', '--stdin', 'value'], { input: value })
  expect(nowhere.exitCode).not.toBe(0)
  expect(nowhere.stderr).toContain('secrets=vault')
  const argument = await space.millrace(['block', 'create', 'secret', 'token', '--set', `value=${value}`])
  expect(argument).toMatchObject({ exitCode: 2, stdout: '' })
  expect(argument.stderr).toContain('--stdin value')
  expect(argument.stderr).not.toContain(value)
  expect(holdingValue(space.home, value)).toEqual([])
})

test('a secret is kept in the vault only: shown as eight asterisks, tested, copied, replaced, gone when deleted', async () => {
  const space = await withVault()
  expect((await blockOf(space, 'secret/token')).secrets).toEqual({ value: '********' })
  expect(existsSync(path.join(space.home, 'secrets.vault'))).toBe(true)
  const tested = await space.millrace(['block', 'test', 'secret/token'], { env: vault })
  expect(tested, tested.stderr).toMatchObject({ exitCode: 0 })
  expect(tested.stdout).toContain('The value is set and can be read.')

  const locked = await space.millrace(['block', 'test', 'secret/token'])
  expect(locked.exitCode).toBe(1)
  expect(locked.stdout + locked.stderr).toContain('The secrets vault is locked.')
  const wrong = await space.millrace(['block', 'test', 'secret/token'], {
    env: { MILLRACE_VAULT_PASSPHRASE: 'not the passphrase' },
  })
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stdout + wrong.stderr).toContain('The passphrase does not open the secrets vault.')
  expect(await space.millrace(['block', 'test', 'secret/token'], { env: vault })).toMatchObject({ exitCode: 0 })

  await space.millrace(['block', 'duplicate', 'secret/token', 'copy'], { env: vault })
  await space.millrace(['block', 'rename', 'secret/copy', 'copied'], { env: vault })
  await space.millrace(['block', 'edit', 'secret/token', '--stdin', 'value'], { env: vault, input: `other-${value}` })
  const flow = (secret: string) =>
    space.flow(
      'compare',
      `tasks:
  compare:
    type: script.shell
    with:
      secrets: { TOKEN: "${secret}" }
      script: printf %s "$TOKEN" | cmp - '${space.path('expected')}'
`,
    )
  space.write('expected', value)
  const copied = await space.millrace(['run', flow('block:secret/copied')], { env: vault })
  expect(copied.exitCode, copied.stderr).toBe(0)
  expect(await space.millrace(['run', flow('block:secret/token')], { env: vault })).toMatchObject({ exitCode: 1 })
  await space.millrace(['block', 'delete', 'secret/copied'], { env: vault })
  expect(holdingValue(space.home, value)).toEqual([])
})

test('a secret from a file is the one that would be piped in: the end of its line is no part of it', async () => {
  const space = await withVault()
  for (const [name, end] of Object.entries({ unix: '\n', windows: '\r\n', none: '' })) {
    const file = `value=${space.write(`${name}.txt`, `${value}${end}`)}`
    const made = await space.millrace(['block', 'create', 'secret', name, '--file', file], { env: vault })
    expect(made.exitCode, made.stderr).toBe(0)
  }
  space.write('expected', value)
  const compare = (name: string) =>
    `  ${name}:
    type: script.shell
    with: { secrets: { TOKEN: block:secret/${name} }, script: printf %s "$TOKEN" | cmp - '${space.path('expected')}' }
`
  const flow = space.flow('compare-files', `tasks:\n${['unix', 'windows', 'none'].map(compare).join('')}`)
  const ended = await space.millrace(['run', flow], { env: vault })
  expect(ended.exitCode, ended.stderr).toBe(0)
})

test('what a script prints of a secret is masked in every output, log and file of the home', async () => {
  const space = await withVault()
  const flow = space.flow(
    'prints',
    `tasks:
  print:
    type: script.shell
    with:
      secrets: { TOKEN: block:secret/token }
      script: |
        echo "plain $TOKEN"
        printf 'in two '; printf %s "$TOKEN" | head -c 9; sleep 0.2; printf %s "$TOKEN" | tail -c +10; echo
        echo "stderr $TOKEN" >&2
        printf 'Basic %s\\n' "$(printf 'user:%s' "$TOKEN" | base64)"
        printf '{"token": "%s"}\\n' "$TOKEN"
  use: { type: log.message, inputs: {}, after: [print], with: { message: "value {{ tasks.print.value }}" } }
  fail:
    type: script.shell
    with: { secrets: { TOKEN: block:secret/token }, script: 'echo "my last words: $TOKEN" >&2; exit 4' }
`,
  )
  const ended = await space.millrace(['run', flow, '--json'], { env: vault })
  expect(ended.exitCode).toBe(1)
  const { stdout: logs } = await space.millrace(['flow-run', 'logs', (await space.flowRuns())[0]?.id ?? ''])
  for (const text of ['plain ********', 'in two ********', 'stderr ********', 'my last words: ********'])
    expect(logs).toContain(text)
  const everything = Buffer.from([ended.stdout, ended.stderr, logs].join('\n'))
  for (const form of formsOf(value)) expect(everything.includes(form)).toBe(false)
  expect(holdingValue(space.home, value)).toEqual([])
  expect(everything.includes(passphrase)).toBe(false)
  expect(holdingValue(space.home, passphrase)).toEqual([])
})

test('no script sees the passphrase, and a script without secrets sees no secret', async () => {
  const space = await withVault()
  const flow = space.flow(
    'environment',
    `tasks:\n  print: { type: script.shell, with: { script: "env; cat /proc/$PPID/environ | tr '\\\\0' '\\\\n' || true" } }\n`,
  )
  const ended = await space.millrace(['run', flow], { env: vault })
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stderr).toContain('MILLRACE_TASK_RUN=')
  expect(ended.stderr).not.toContain(passphrase)
  expect(ended.stderr).not.toContain('MILLRACE_VAULT_PASSPHRASE')
})

test('a secret deleted while the vault is locked is taken out of it once a command unlocks the running engine', async () => {
  const space = await withVault()
  const { wait, open } = gate(space, 'open')
  const holder = space.flow(
    'holder',
    `tasks:\n  hold: { type: script.shell, with: { script: "echo here; ${wait}" } }\n`,
  )
  const engine = space.start(['run', holder])
  await engine.saw('here')
  expect(await space.millrace(['block', 'delete', 'secret/token'])).toMatchObject({ exitCode: 0 })
  expect(pendingSecrets(space)).toBe(1)
  expect(await space.millrace(['block', 'ls'], { env: vault })).toMatchObject({ exitCode: 0 })
  expect(pendingSecrets(space)).toBe(0)
  open()
  expect(await engine.ended).toMatchObject({ exitCode: 0 })
})

const pendingSecrets = (space: Workspace): unknown => {
  const database = new Sqlite(path.join(space.home, 'state.db'), { readonly: true })
  try {
    return database.prepare('select count(*) from pending_secrets').pluck().get()
  } finally {
    database.close()
  }
}
