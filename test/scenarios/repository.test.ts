import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isGitHere, makeRepository, serveRepository } from '#test/fakes/git.ts'
import { workspace, type Workspace } from './workspace.ts'

/** Opens nothing but the vault of these tests. */
const env = { MILLRACE_VAULT_PASSPHRASE: 'a passphrase for this test' }
const token = 'made-up-token-for-a-repository'

const files = {
  'flows/parent.yaml': `millrace: 1
name: from-git
tasks:
  child: { type: flow.run, with: { flow: parts/child.yaml, parameters: { who: repository } } }
`,
  'flows/parts/child.yaml': `millrace: 1
name: child-from-git
parameters:
  who: { type: string }
tasks:
  say: { type: script.node, with: { file: ../scripts/say.mjs, args: ["{{ who }}"] } }
`,
  'flows/scripts/say.mjs': "import { greet } from './greet.mjs'\nconsole.log(greet(process.argv[2]))\n",
  'flows/scripts/greet.mjs': 'export const greet = (who) => `hello from the ${who}`\n',
  'sql/report.sql': "CREATE TABLE report AS SELECT 'made in git' AS words",
  'data/zones.csv': 'zone,borough\n1,Queens\n',
}

const withRepository = async (): Promise<{ space: Workspace; commit(text: string): void }> => {
  const repository = makeRepository()
  repository.commit(files)
  const server = await serveRepository(repository, token)
  const space = workspace()
  await space.millrace(['config', 'set', 'secrets=vault'])
  const sets = ['--set', `repository=${server.url}`, '--stdin', 'token']
  const made = await space.millrace(['block', 'create', 'github-repository', 'flows', ...sets], { env, input: token })
  expect(made.exitCode, made.stderr).toBe(0)
  return {
    space,
    commit: (text) => void repository.commit({ 'flows/scripts/greet.mjs': `export const greet = () => '${text}'\n` }),
  }
}

describe.skipIf(!isGitHere)('a repository', () => {
  test('gives flows with all that they name beside them, whatever the folder one stands in', async () => {
    const { space, commit } = await withRepository()
    const run = () => space.millrace(['run', 'block:github-repository/flows/flows/parent.yaml'], { env, cwd: '/' })
    const first = await run()
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    expect(first.stdout + first.stderr).toContain('hello from the repository')
    commit('changed since')
    const second = await run()
    expect(second.stdout + second.stderr).toContain('changed since')
    expect(first.stdout + first.stderr + second.stdout + second.stderr).not.toContain(token)
  })

  test('gives subflows, scripts and data to a flow that is elsewhere', async () => {
    const { space } = await withRepository()
    const flow = space.flow(
      'here',
      `tasks:
  sub: { type: flow.run, with: { from: block:github-repository/flows, flow: flows/parent.yaml } }
  say: { type: script.node, with: { from: block:github-repository/flows, file: flows/scripts/say.mjs, args: [script] } }
  zones: { type: storage.download, with: { storage: block:github-repository/flows, object: data/zones.csv } }
  rows: { type: table.read, inputs: { files: zones.files } }
  report: { type: database.execute, with: { database: block:duckdb/warehouse, from: block:github-repository/flows, file: sql/report.sql } }
`,
    )
    const ended = await space.millrace(['run', flow], { env })
    const said = ended.stdout + ended.stderr
    expect(ended.exitCode, said).toBe(0)
    for (const text of [
      'hello from the repository',
      'hello from the script',
      'The script is flows/scripts/say.mjs of',
      'Statement 1 of 1, CREATE',
    ])
      expect(said).toContain(text)
  })

  test('takes nothing, and says so before the run; a path that is not there says what is', async () => {
    const { space } = await withRepository()
    space.write('rides.csv', 'a\n1\n')
    const upload = space.flow(
      'upload',
      `tasks:
  file: { type: http.download, with: { url: rides.csv } }
  up: { type: storage.upload, inputs: { files: file.file }, with: { storage: block:github-repository/flows, to: data/ } }
`,
    )
    const refused = await space.millrace(['run', upload], { env })
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain(
      'A block of type github-repository does not fit here; this takes writable-storage.',
    )
    const missing = await space.millrace(['run', 'block:github-repository/flows/flows/parents.yaml'], { env })
    expect(missing.exitCode).not.toBe(0)
    expect(missing.stderr).toContain('flows/parents.yaml')
  })

  test('gives flows to the library', async () => {
    const { space } = await withRepository()
    const imported = await space.millrace(['flow', 'import', 'block:github-repository/flows/flows/parts/child.yaml'], {
      env,
    })
    expect(imported.exitCode, imported.stderr).toBe(0)
    expect(imported.stdout).toBe('child-from-git\n')
    expect(existsSync(`${space.home}/flows/child-from-git.yaml`)).toBe(true)
  })
})
