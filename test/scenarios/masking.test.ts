import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Connection } from '#core/api/connect.ts'
import { keyField } from '#core/google/credentials.ts'
import { blabbingPostgres } from '#test/fixtures/blabbing-postgres.ts'
import { echoServer } from '#test/fixtures/echo-server.ts'
import {
  bashLeaks,
  leaksIn,
  makeSecrets,
  nodeLeaks,
  pythonLeaks,
  shellLeaks,
  type TestSecret,
} from '#test/fixtures/leaks.ts'
import { findProgram } from '#test/run/programs.ts'
import { isLinux } from './left-over.ts'
import { filesIn, tappedClient } from './tapped-client.ts'
import { workspace, type Workspace } from './workspace.ts'

const vault = { MILLRACE_SECRETS: 'vault', MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }

/** Command lines of all processes, looked at again and again. Linux. */
const watchProcesses = (): { stop(): ReadonlySet<string> } => {
  const seen = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
      } catch {
        // It has just ended.
      }
    }
  }
  const timer = setInterval(look, 25)
  const stop = () => {
    clearInterval(timer)
    return seen
  }
  onTestFinished(() => void stop())
  return { stop }
}

const leakingTasks = ({ name, isFileName }: TestSecret, space: Workspace) => {
  const outside = space.path(`outside-${name}.csv`)
  const secrets = { S: `block:secret/${name}` }
  const leak = (type: string, script: string, more: object = {}) => ({
    type,
    with: { script, secrets, ...more },
    allow_failure: true,
  })
  const entries = [
    ...Object.entries(bashLeaks).map(([way, script]) => [
      `bash-${way}`,
      leak('script.shell', script, { shell: 'bash' }),
    ]),
    ...Object.entries(findProgram('python3') === null ? {} : pythonLeaks).map(([way, script]) => [
      `py-${way}`,
      leak('script.python', script),
    ]),
    ...Object.entries(shellLeaks).map(([way, script]) => [`sh-${way}`, leak('script.shell', script)]),
    ...Object.entries(nodeLeaks).map(([way, script]) => [`js-${way}`, leak('script.node', script)]),
  ] as const
  const csv = `import { writeFileSync } from 'node:fs'
writeFileSync(process.env.OUT, 'token\\n"' + process.env.S.replaceAll('"', '""') + '"\\n')`
  return {
    ...(Object.fromEntries(entries) as object),
    'file-name': leak('script.shell', isFileName ? ': > "$S"; : > "$MILLRACE_OUTPUTS/for $S.txt"' : ':'),
    message: { type: 'log.message', with: { message: 'it is {{ tasks.js-value.value }}' } },
    argument: {
      type: 'script.shell',
      with: { script: 'echo "$1" "$0"', args: ['{{ tasks.js-value.value.token }}'] },
      allow_failure: true,
    },
    parameter: {
      type: 'flow.run',
      with: { flow: space.path('child.yaml'), parameters: { token: '{{ tasks.js-value.value.token }}' } },
      allow_failure: true,
    },
    'write-data': leak('script.node', csv, { env: { OUT: outside } }),
    'read-data': { type: 'table.read', after: ['write-data'], with: { path: outside }, allow_failure: true },
    'data-error': {
      type: 'table.filter',
      inputs: { table: 'read-data.table' },
      with: { where: 'CAST(token AS INTEGER) > 0' },
      keep: true,
      allow_failure: true,
    },
    'data-check': {
      type: 'table.check',
      inputs: { table: 'read-data.table' },
      with: { rules: [{ rule: 'pattern', column: 'token', matches: '^short$' }] },
      allow_failure: true,
    },
    'http-echo': {
      type: 'http.request',
      with: { endpoint: `block:http-endpoint/${name}`, url: 'echo' },
      allow_failure: true,
    },
    'http-error': {
      type: 'http.request',
      with: { endpoint: `block:http-endpoint/${name}`, url: 'error' },
      allow_failure: true,
    },
    'sql-error': {
      type: 'database.query',
      with: { database: `block:postgres/${name}`, sql: 'select 1' },
      allow_failure: true,
    },
  }
}

/** Those that leak by failing. */
const failing = [
  'data-check',
  'data-error',
  'http-error',
  'js-uncaught-error',
  ...(findProgram('python3') === null ? [] : ['py-traceback']),
  'sh-exception-text',
  'sh-shell-error',
  'sql-error',
]

/** Looks at everything a screen shows of a flow run. */
const lookAt = async ({ client }: Connection, flowRun: string): Promise<void> => {
  const detail = await client.runs.inspect({ flowRun })
  await client.runs.logs({ flowRun, limit: 10_000 })
  await client.runs.logPage({ flowRun, offset: 0, limit: 2000 })
  await client.runs.timeline({ flowRun })
  for (const { id } of await client.runs.artifacts({ flowRun })) await client.runs.artifact({ flowRun, id })
  const looks = [
    client.runs.preview({ flowRun, task: 'read-data' }),
    client.runs.profile({ flowRun, task: 'read-data' }),
    ...detail.taskRuns.map(({ key }) => client.runs.explain({ flowRun, taskRun: key, path: ['with', 'message'] })),
  ]
  await Promise.allSettled(looks)
}

const lookAtBlocks = async ({ client }: Connection, secrets: readonly TestSecret[]): Promise<void> => {
  await client.blocks.list()
  await client.blocks.export({})
  for (const { name } of secrets) {
    await client.blocks.inspect({ block: `secret/${name}` })
    for (const block of [`secret/${name}`, `postgres/${name}`, `http-endpoint/${name}`])
      for await (const stage of await client.blocks.test({ block })) expect(stage.stage).not.toBe('')
  }
}

/** What is no service account key is refused, and the words say nothing of it. */
const pasteWrongKeys = async ({ client }: Connection, secrets: readonly TestSecret[]): Promise<void> => {
  const type = 'gcp-credentials'
  const wrong = secrets.flatMap(({ value }) => [
    value.slice(0, -40),
    `{"type":"authorized_user","client_secret":"${value}"}`,
  ])
  for (const [index, value] of wrong.entries()) {
    const looked = client.blocks.look({ type, field: keyField, value })
    const created = client.blocks.create({ type, name: `wrong-${index}`, secrets: { [keyField]: value } })
    const answers = await Promise.allSettled([looked, created])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  }
}

test.runIf(isLinux)(
  'flows that leak their secrets in all ways we know leave no part of one in the home, on the wire or in a command line',
  async () => {
    const space = workspace()
    const secrets = makeSecrets()
    const find = leaksIn(secrets)
    for (const { value } of secrets) expect(find(Buffer.from(`… ${value} …`))).not.toEqual([])
    const server = await blabbingPostgres()
    onTestFinished(server.close)
    space.flow(
      'child',
      'parameters: { token: { type: string } }\ntasks:\n  say: { type: log.message, with: { message: "{{ token }}" } }\n',
    )
    const engine = space.start(['serve', '--port', '0', '--json'], { env: vault })
    await engine.saw('"serving"')
    const processes = watchProcesses()
    const said: string[] = []
    const settings = [
      '--set',
      'host=127.0.0.1',
      '--set',
      `port=${server.port}`,
      '--set',
      'database=d',
      '--set',
      'user=u',
    ]
    for (const { name, value } of secrets) {
      const made = await space.millrace(['block', 'create', 'secret', name, '--stdin', 'value'], { input: value })
      expect(made, made.stderr).toMatchObject({ exitCode: 0 })
      const args = ['block', 'create', 'postgres', name, ...settings, '--set', 'tls=disable', '--stdin', 'password']
      const database = await space.millrace(args, { input: value })
      expect(database, database.stderr).toMatchObject({ exitCode: 0 })
      said.push(made.stdout, made.stderr, database.stdout, database.stderr)
    }

    const connection = await tappedClient(space)
    const { client } = connection
    const web = await echoServer()
    onTestFinished(web.close)
    for (const { name, value } of secrets)
      await client.blocks.create({
        type: 'http-endpoint',
        name,
        settings: { base_url: web.address, auth: 'basic', user: 'u' },
        secrets: { password: value },
      })
    let leaks = 0
    for (const secret of secrets) {
      const tasks = leakingTasks(secret, space)
      const text = JSON.stringify({ millrace: 1, name: `leaks-${secret.name}`, tasks })
      const source = { from: 'text', text, folder: space.folder } as const
      expect((await client.flows.validate({ source })).problems).toEqual([])
      const { id } = await client.runs.submit({ source })
      for await (const news of await client.runs.watch({ flowRun: id, subflows: true })) if (news.kind === 'end') break
      const { taskRuns } = await client.runs.inspect({ flowRun: id })
      // Not one of them failed for another reason than it should.
      expect(taskRuns.filter(({ state }) => state.name === 'Crashed').map(({ key }) => key)).toEqual(['sh-crash'])
      expect(
        taskRuns
          .filter(({ state }) => state.name === 'Failed')
          .map(({ key }) => key)
          .toSorted(),
      ).toEqual(failing)
      expect(taskRuns.find(({ key }) => key === 'sql-error')?.state.message).toContain('********')
      leaks += taskRuns.length
      await lookAt(connection, id)
    }
    await lookAtBlocks(connection, secrets)
    await pasteWrongKeys(connection, secrets)
    expect(leaks).toBeGreaterThan(5 * 30)
    const shown = await space.millrace(['flow-run', 'ls', '--json'])
    said.push(shown.stdout, shown.stderr)
    const sent = connection.sent()
    await connection.close()
    engine.signal('SIGINT')
    const ended = await engine.ended
    said.push(ended.stdout, ended.stderr)

    expect(sent.length).toBeGreaterThan(100_000)
    expect(find(sent)).toEqual([])
    const commandLines = processes.stop()
    expect(commandLines.size).toBeGreaterThan(5)
    expect(find(Buffer.from([...commandLines].join('\n'), 'latin1'))).toEqual([])
    expect(find(Buffer.from(said.join('\n')))).toEqual([])
    // Rows of a table are data of the person who read them from a file; they are kept as they are.
    const files = filesIn(space.home).filter((file) => !file.endsWith('.parquet'))
    expect(files.map((file) => path.basename(file))).toEqual(expect.arrayContaining(['state.db', 'logs.db']))
    expect(files.flatMap((file) => find(Buffer.from(file)))).toEqual([])
    expect(files.flatMap((file) => find(readFileSync(file)).map((leak) => `${file}: ${leak}`))).toEqual([])
  },
)
