import { defineBlock, type BlockContext } from '#core/kinds/block-type.ts'
import type { StorageClient } from '#core/kinds/capabilities.ts'
import { secretIfSet } from '#core/kinds/secret-if-set.ts'
import { staged } from '#core/kinds/staged.ts'
import type { TestStage } from '#core/model/block.ts'
import { counted } from '#core/model/counted.ts'
import { authoritiesFile } from './authorities.ts'
import { openRepository } from './client.ts'
import { gitOf, type Git } from './git.ts'
import { addressOf, repositorySettings, type RepositorySettings } from './settings.ts'
import { resolveCommit, takeSnapshot, type Place } from './snapshot.ts'

type Context = BlockContext<RepositorySettings>

const prepare = async ({ settings, secret, home, signal }: Context): Promise<{ git: Git; place: Place }> => {
  const { reference, user, certificates } = settings
  const url = addressOf(settings)
  const path = settings.path.replace(/^\/+|\/+$/g, '')
  const token = (await secretIfSet(secret, 'token'))?.trim() ?? null
  const authorities = await authoritiesFile(certificates, home)
  return { git: gitOf({ url, user, token, authorities, signal }), place: { url, reference, path, home } }
}

const open = async (context: Context): Promise<StorageClient> => {
  const { git, place } = await prepare(context)
  return openRepository(place.url, await takeSnapshot(git, place, await resolveCommit(git, place)))
}

async function* test(context: Context): AsyncGenerator<TestStage> {
  const settings = await staged(
    'Settings',
    () => prepare(context),
    ({ place }) => place.url.href,
  )
  if (!settings.value) {
    yield settings.stage
    return
  }
  const { git, place } = settings.value
  const program = await staged(
    'Find git',
    () => git(['--version'], context.home),
    (version) => `The system’s ${version.trim()}.`,
  )
  yield program.stage
  if (!program.stage.ok) return
  const resolved = await staged(
    'Reach, sign in, find the reference',
    () => resolveCommit(git, place),
    (commit) => `${place.reference ?? 'The default branch'} is at ${commit.slice(0, 12)}.`,
  )
  yield resolved.stage
  if (resolved.value === null) return
  const commit = resolved.value
  const fetched = await staged(
    'Fetch the files',
    async () => {
      const client = openRepository(place.url, await takeSnapshot(git, place, commit))
      let files = 0
      for await (const _ of client.list(place.path === '' ? '' : place.path, context.signal)) files += 1
      return files
    },
    (files) => `${counted(files, 'file')}${place.path === '' ? '' : ` below ${place.path}`}.`,
  )
  yield fetched.stage
}

export const githubRepositoryBlock = defineBlock({
  type: 'github-repository',
  version: 1,
  title: 'GitHub repository',
  summary: 'Flows, SQL, scripts and data files from a Git repository, at one commit for each task. Read only.',
  icon: 'folder-git-2',
  config: repositorySettings,
  secrets: {
    token: {
      title: 'Access token',
      help: 'For a private repository. On GitHub: Settings, Developer settings, Fine-grained tokens; Contents: read-only.',
      optional: true,
    },
  },
  capabilities: ['storage'],
  certificates: ['certificates'],
  docs: `Files are fetched with the **git** that is installed on this machine (2.29 or newer), without its configuration, its
credential helpers and its hooks. The token goes to it by the environment, never as an argument, and to the host of the
repository only. There is no SSH.

A task sees the repository at the one commit that the reference meant when the task began; the files are kept below
Millrace’s home for a week. Names are from the root of the repository. Files in Git LFS and submodules are not fetched;
links are small files that hold where they lead.

- \`storage.list\` and \`storage.download\` take it as a storage.
- A script task: \`from: block:github-repository/flows\` and \`file: scripts/clean.py\`; the files beside it come too.
- SQL: \`from: block:github-repository/flows\` and \`file: sql/report.sql\` in the tasks that run SQL.
- **Run a flow**: \`from: block:github-repository/flows\` and \`flow: green.yaml\`. On the command line:
  \`millrace run block:github-repository/flows/green.yaml\`, or \`millrace flow import\` with the same. Relative paths in such
  a flow mean its folder in the repository.

A fine-grained token with the right *Contents: read-only* on this one repository is enough.`,
  examples: [
    { repository: 'octocat/flows' },
    { repository: 'https://git.example.org/data/flows.git', reference: 'v1.2', path: 'sql', user: 'oauth2' },
  ],
  openStorage: open,
  test,
})
