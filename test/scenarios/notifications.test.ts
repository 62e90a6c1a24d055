import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startSlack } from '#test/fakes/notify/services.ts'
import { startSmtp } from '#test/fakes/notify/smtp.ts'
import { workspace, type Workspace } from './workspace.ts'

/** Opens nothing but the vault of these tests. */
const env = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }

const withVault = async (): Promise<Workspace> => {
  const space = workspace()
  await space.millrace(['config', 'set', 'secrets=vault'])
  return space
}

const createSlack = async (space: Workspace, address: string): Promise<void> => {
  const made = await space.millrace(['block', 'create', 'slack-webhook', 'alerts', '--stdin', 'url'], {
    env,
    input: address,
  })
  expect(made.exitCode, made.stderr).toBe(0)
}

const failing = (hook: string) => `tasks:
  count: { type: script.shell, with: { script: "echo counting; exit 3" } }
hooks:
  on_failure:
    tell:
      type: notify.send
      with:
        block: ${hook}
        subject: "{{ run.flow }} ended as {{ run.state }}"
        text: "Run {{ run.name }} ({{ run.id }}): {{ run.message }}"
`

/** Files of the home, and there should be none, that hold what only the vault may. */
const holding = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text))

test('a run that fails tells people with its facts, and the address is in no file and no output', async () => {
  const space = await withVault()
  const slack = await startSlack()
  await createSlack(space, slack.address)
  const ended = await space.millrace(['run', space.flow('night', failing('block:slack-webhook/alerts'))], { env })
  expect(ended.exitCode, ended.stderr).toBe(1)
  const [run] = await space.flowRuns()
  const { text } = JSON.parse(slack.received[0]?.body ?? '{}') as { text: string }
  expect(text).toMatch(
    new RegExp(`^\\*night ended as Failed\\*\nRun ${run?.name} \\(${run?.id}\\): 1/1 task runs failed`),
  )
  expect(slack.received.length).toBe(1)
  expect(ended.stdout + ended.stderr).toContain('Sent “night ended as Failed” to Slack (127.0.0.1:')
  const secret = 'made-up-for-tests-0000'
  expect(ended.stdout + ended.stderr).not.toContain(secret)
  expect(holding(space.home, secret)).toEqual([])
})

test('a message that is refused fails its task with what the server said, and the run stays as it was', async () => {
  const space = await withVault()
  const slack = await startSlack()
  await createSlack(space, `${slack.url}/services/gone/made-up-for-tests-0000`)
  const ended = await space.millrace(['run', space.flow('night', failing('block:slack-webhook/alerts'))], { env })
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout + ended.stderr).toMatch(
    /Slack did not take the message: 127\.0\.0\.1:\d+ answered 404, “no_service”/,
  )
  expect(ended.stdout + ended.stderr).not.toContain('made-up-for-tests-0000')
})

test('block test --send sends one message by e-mail; without it none', async () => {
  const space = await withVault()
  const server = await startSmtp()
  const settings = Object.entries({
    host: '127.0.0.1',
    port: server.port,
    tls: 'none',
    from: 'millrace@example.org',
    to: '["data@example.org"]',
  })
  const sets = settings.flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const made = await space.millrace(['block', 'create', 'email-server', 'office', ...sets], { env })
  expect(made.exitCode, made.stderr).toBe(0)
  const tested = await space.millrace(['block', 'test', 'email-server/office'], { env })
  expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0)
  expect(server.mails).toEqual([])
  const sent = await space.millrace(['block', 'test', 'email-server/office', '--send'], { env })
  expect(sent.exitCode, sent.stdout + sent.stderr).toBe(0)
  expect(sent.stdout).toMatch(/A test message went to data@example\.org \(127\.0\.0\.1\)\. The answer: 250 .*queued/)
  expect(server.mails.map(({ content }) => content.includes('Subject: Test message of Millrace'))).toEqual([true])
  const secret = await space.millrace(['block', 'create', 'string', 'x', '--set', 'value=y'], { env })
  expect(secret.exitCode, secret.stderr).toBe(0)
  const wrong = await space.millrace(['block', 'test', 'string/x', '--send'], { env })
  expect(wrong.exitCode).not.toBe(0)
  expect(wrong.stderr).toContain('which sends no messages')
})
