import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Connection } from '#core/api/connect.ts'
import { leaksIn, makeSecrets, type TestSecret } from '#test/fixtures/leaks.ts'
import { isLinux } from './left-over.ts'
import { filesIn, tappedClient } from './tapped-client.ts'
import { workspace, type Workspace } from './workspace.ts'

const vault = { MILLRACE_SECRETS: 'vault', MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }

const csv = `import { writeFileSync } from 'node:fs'
writeFileSync(process.env.OUT, 'token\\n"' + process.env.S.replaceAll('"', '""') + '"\\n')`

/** Only the first two tasks get the secret; what they leave holds it, and the others show that. */
const remainingTasks = ({ name }: TestSecret, space: Workspace) => {
  const outside = space.path(`left-${name}.csv`)
  const secrets = { S: `block:secret/${name}` }
  const show = 'f=$(grep -o "/[^\\"]*c.ini" "$MILLRACE_INPUTS" | head -1); cat "$f"; cat "$f" >&2'
  return {
    'write': { type: 'script.shell', with: { secrets, script: 'printf %s "$S" > "$MILLRACE_OUTPUTS/c.ini"' } },
    'write-rows': { type: 'script.node', with: { secrets, script: csv, env: { OUT: outside } } },
    'rows': { type: 'table.read', after: ['write-rows'], with: { path: outside } },
    'show': {
      type: 'script.shell',
      inputs: { files: 'write.file' },
      with: { script: `${show}; [ -e '${space.path('gate')}' ] || exit 3` },
    },
    'look': { type: 'table.check', inputs: { table: 'rows.table' }, after: ['show'], with: { rules: [{ rule: 'pattern', column: 'token', matches: '^short$' }] }, allow_failure: true },
  } // prettier-ignore
}

const ended = async ({ client }: Connection, flowRun: string): Promise<string> => {
  for await (const news of await client.runs.watch({ flowRun })) if (news.kind === 'end') break
  return (await client.runs.inspect({ flowRun })).flowRun.state.name
}

const serve = async (space: Workspace) => {
  const engine = space.start(['serve', '--port', '0', '--json'], { env: vault })
  await engine.saw('"serving"')
  const connection = await tappedClient(space)
  const close = async () => {
    await connection.close()
    engine.signal('SIGINT')
    const { stdout, stderr } = await engine.ended
    return Buffer.concat([connection.sent(), Buffer.from(stdout + stderr)])
  }
  return { connection, close }
}

test.runIf(isLinux)(
  'an engine that goes on with results of an earlier one shows nothing of the secrets in them, although no task of its own reads them',
  async () => {
    const space = workspace()
    const secrets = makeSecrets()
    const find = leaksIn(secrets)
    const expectNoLeak = (sent: Buffer) => {
      expect(find(sent)).toEqual([])
      const files = filesIn(space.home).filter((file) => !/\.parquet$|c\.ini$/.test(file))
      expect(files.flatMap((file) => find(readFileSync(file)).map((leak) => `${file}: ${leak}`))).toEqual([])
    }

    const first = await serve(space)
    const runs: string[] = []
    for (const secret of secrets) {
      const { name, value } = secret
      await first.connection.client.blocks.create({ type: 'secret', name, secrets: { value } })
      const text = JSON.stringify({ millrace: 1, name: `remains-${name}`, tasks: remainingTasks(secret, space) })
      const source = { from: 'text', text, folder: space.folder } as const
      const { id } = await first.connection.client.runs.submit({ source })
      expect(await ended(first.connection, id)).toBe('Failed')
      runs.push(id)
    }
    expectNoLeak(await first.close())

    writeFileSync(space.path('gate'), '')
    for (const goOn of [resumed, againFrom, shown]) {
      const next = await serve(space)
      for (const run of runs) await goOn(next.connection, run)
      expectNoLeak(await next.close())
    }
  },
)

/** What ran in an engine ran here, and printed what is looked for. */
const expectShown = async (connection: Connection, flowRun: string): Promise<void> => {
  const lines = await connection.client.runs.logs({ flowRun, taskRun: 'show', limit: 1000 })
  expect(lines.filter(({ message }) => message.includes('********')).length).toBeGreaterThan(1)
}

const resumed = async (connection: Connection, flowRun: string): Promise<void> => {
  await connection.client.runs.resume({ flowRun })
  expect(await ended(connection, flowRun)).toBe('Completed')
  await expectShown(connection, flowRun)
}

const againFrom = async (connection: Connection, flowRun: string): Promise<void> => {
  const { id } = await connection.client.runs.again({ flowRun, selection: { mode: 'from', task: 'show' } })
  expect(await ended(connection, id)).toBe('Completed')
  await expectShown(connection, id)
}

const shown = async ({ client }: Connection, flowRun: string): Promise<void> => {
  const { rows } = await client.runs.preview({ flowRun, task: 'rows' })
  expect(JSON.stringify(rows)).toContain('********')
  const { profile } = await client.runs.profile({ flowRun, task: 'rows' })
  // What it quotes is shortened; of some secrets nothing that is secret is left.
  expect(profile.rows).toBe(1)
}
