import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { StorageClient } from '#core/kinds/capabilities.ts'
import { makeCertificate } from '#core/tasks/http-download/certificate-suite.ts'
import { isGitHere, makeRepository, serveRepository, type GitRepository } from '#test/fakes/git.ts'
import { startReceiver } from '#test/fakes/notify/receiver.ts'
import { containing } from '#test/fixtures/containing.ts'
import { contextOf, stagesOf, type ContextOptions } from '#test/fixtures/block-context.ts'
import { githubRepositoryBlock } from './index.ts'
import { addressOf } from './settings.ts'

const signal = new AbortController().signal
const progress = () => undefined

const temporaryHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-repository-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

const openIt = (options: ContextOptions): Promise<StorageClient> => {
  const opened = githubRepositoryBlock.openStorage?.(contextOf(githubRepositoryBlock, options))
  return opened ?? Promise.reject(new Error('no storage'))
}

const failureOf = async (options: ContextOptions) => {
  const error: unknown = await openIt(options).then(
    () => null,
    (caught: unknown) => caught,
  )
  return error
}

const names = async (storage: StorageClient, prefix = '') =>
  (await Array.fromAsync(storage.list(prefix, signal))).map(({ name }) => name)

const textOf = async (storage: StorageClient, name: string): Promise<string> => {
  const path = join(temporaryHome(), 'file')
  await storage.download({ name, path, signal, progress })
  return readFileSync(path, 'utf8')
}

const files = {
  'README.md': 'flows\n',
  'flows/green.yaml': 'millrace: 1\n',
  'flows/scripts/clean.py': 'print(1)\n',
  'sql/report.sql': 'SELECT 1\n',
}

const madeRepository = (): GitRepository => {
  const repository = makeRepository()
  repository.commit(files)
  return repository
}

describe.skipIf(!isGitHere)('a repository', () => {
  test('is a storage: names from its root, contents, sizes; and nothing can be written', async () => {
    const home = temporaryHome()
    const storage = await openIt({ settings: { repository: madeRepository().fileUrl }, home })
    expect(await names(storage)).toEqual(Object.keys(files).toSorted())
    expect(await names(storage, 'flows/')).toEqual(['flows/green.yaml', 'flows/scripts/clean.py'])
    expect(await textOf(storage, '/flows/scripts/clean.py')).toBe('print(1)\n')
    expect(await storage.stat('sql/report.sql')).toEqual({ name: 'sql/report.sql', bytes: 9, modifiedAt: null })
    expect(await storage.stat('sql')).toBeNull()
    await expect(textOf(storage, 'sql/reports.sql')).rejects.toThrow(/There is no “sql\/reports\.sql”.*report\.sql/)
    const upload = storage.upload({ path: join(home, 'x'), name: 'x', uploadId: 'x', signal, progress })
    await expect(upload).rejects.toMatchObject({ failure: { code: 'denied', message: containing(/is read only/) } })
    await expect(storage.delete('README.md')).rejects.toMatchObject({ failure: { code: 'denied' } })
  })

  test.each(['../x', 'flows/../../x', '/../../etc/passwd', 'a\\..\\b', '..'])(
    'is not left by the name %j',
    async (name) => {
      const storage = await openIt({ settings: { repository: madeRepository().fileUrl }, home: temporaryHome() })
      expect(await storage.stat(name)).toBeNull()
      await expect(textOf(storage, name)).rejects.toMatchObject({ failure: { code: 'not-found' } })
    },
  )

  test('stays at the commit that its reference meant when it was opened', async () => {
    const repository = madeRepository()
    const [settings, home] = [{ repository: repository.fileUrl }, temporaryHome()]
    const before = await openIt({ settings, home })
    repository.commit({ 'README.md': 'changed\n', 'new.txt': 'new' })
    const after = await openIt({ settings, home })
    expect([await textOf(before, 'README.md'), await textOf(after, 'README.md')]).toEqual(['flows\n', 'changed\n'])
    expect(await before.stat('new.txt')).toBeNull()
    expect(before.location).not.toBe(after.location)
  })

  test('is fetched once for a commit, also by several at once', async () => {
    const repository = makeRepository()
    const commit = repository.commit(files)
    const server = await serveRepository(repository)
    const [settings, home] = [{ repository: server.url, reference: commit }, temporaryHome()]
    await Promise.all([1, 2, 3].map(() => openIt({ settings, home })))
    const [own = ''] = readdirSync(join(home, 'repositories'))
    expect(readdirSync(join(home, 'repositories', own))).toEqual([commit])
    const asked = server.asked.length
    server.instead((response) => void response.socket?.destroy())
    expect(await names(await openIt({ settings, home }))).toContain('README.md')
    expect(server.asked.length).toBe(asked)
  })

  test('is read at a branch, a tag, a tag with a message, and a commit', async () => {
    const repository = makeRepository()
    const first = repository.commit({ a: 'first' })
    repository.tag('v1')
    repository.commit({ a: 'second' })
    repository.tag('v2', 'The second')
    repository.commit({ a: 'third' }, 'feature/x')
    const read = async (reference: string) =>
      textOf(await openIt({ settings: { repository: repository.fileUrl, reference }, home: temporaryHome() }), 'a')
    expect(await Promise.all(['v1', first, 'v2', 'main', 'feature/x'].map(read))).toEqual([
      'first',
      'first',
      'second',
      'second',
      'third',
    ])
    await expect(read('v3')).rejects.toThrow(/no branch or tag “v3”/)
    await expect(read('0'.repeat(40))).rejects.toThrow(/no such commit/)
  })

  test('with a path is fetched in part, and names stay from the root', async () => {
    const repository = madeRepository()
    const open = (path: string) => openIt({ settings: { repository: repository.fileUrl, path }, home: temporaryHome() })
    expect(await names(await open('flows/'))).toEqual(['flows/green.yaml', 'flows/scripts/clean.py'])
    await expect(open('flow')).rejects.toThrow(/has no folder “flow” at/)
  })

  test('leads nowhere by its links, runs no hook, and says what is in LFS', async () => {
    const repository = makeRepository()
    repository.commit({
      link: { link: '/etc/passwd' },
      'data.parquet': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      '.gitattributes': '*.txt filter=evil\n',
      'a.txt': 'a',
    })
    const storage = await openIt({ settings: { repository: repository.fileUrl }, home: temporaryHome() })
    expect(await textOf(storage, 'link')).toBe('/etc/passwd')
    expect(await textOf(storage, 'a.txt')).toBe('a')
    await expect(textOf(storage, 'data.parquet')).rejects.toThrow(/kept in Git LFS/)
  })
})

describe.skipIf(!isGitHere)('a private repository', () => {
  const token = 'made-up-token-for-a-repository'

  test('is read with its token, which stands in no file and no argument', async () => {
    const server = await serveRepository(madeRepository(), token)
    const home = temporaryHome()
    const storage = await openIt({ settings: { repository: server.url }, secrets: { token }, home })
    expect(await names(storage)).toContain('README.md')
    const all = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const holding = all.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(token))
    expect(holding).toEqual([])
    expect(existsSync(join(storage.checkout ?? '', '.git'))).toBe(false)
  })

  test('without a token, or with a wrong one, says which and what to do', async () => {
    const server = await serveRepository(madeRepository(), token)
    const settings = { repository: server.url }
    const home = temporaryHome()
    expect(await failureOf({ settings, home })).toMatchObject({
      failure: { code: 'denied', message: containing(/is private, or its name is wrong\. Set an access token/) },
    })
    const wrong = await failureOf({ settings, secrets: { token: 'another-made-up-token' }, home })
    expect(wrong).toMatchObject({ failure: { code: 'denied', message: containing(/does not take the access token/) } })
    expect(JSON.stringify(wrong)).not.toContain('another-made-up')
  })

  test('gives its token to no host that it redirects to', async () => {
    const thief = await startReceiver(() => ({ status: 200 }))
    const server = await serveRepository(madeRepository(), token)
    server.instead(
      (response) =>
        void response.writeHead(301, { location: `${thief.url}/flows.git/info/refs?service=git-upload-pack` }).end(),
    )
    expect(
      await failureOf({ settings: { repository: server.url }, secrets: { token }, home: temporaryHome() }),
    ).toMatchObject({
      failure: { code: 'not-found', message: containing(/has moved, and a token is not sent on/) },
    })
    expect(thief.received).toEqual([])
  })

  test('inside a company is trusted by the authority that is named', async () => {
    const authority = makeCertificate({ host: 'Test Authority' })
    const certificate = makeCertificate({ host: 'localhost', issuer: authority })
    const server = await serveRepository(madeRepository(), token, certificate)
    const [settings, home] = [{ repository: server.url }, temporaryHome()]
    expect(await failureOf({ settings, secrets: { token }, home })).toMatchObject({
      failure: { code: 'denied', message: containing(/is not trusted here\. Name its authority in “certificates”/) },
    })
    expect(server.asked).toEqual([])
    const trusting = { ...settings, certificates: authority.cert }
    expect(await names(await openIt({ settings: trusting, secrets: { token }, home }))).toContain('README.md')
  })

  test('is not fetched with a token over http: from another machine', async () => {
    const settings = { repository: 'http://git.example.org/flows.git' }
    expect(await failureOf({ settings, secrets: { token }, home: temporaryHome() })).toMatchObject({
      failure: { code: 'denied' },
    })
  })

  test('is tested stage by stage', async () => {
    const server = await serveRepository(madeRepository(), token)
    const home = temporaryHome()
    const good = await stagesOf(githubRepositoryBlock, {
      settings: { repository: server.url },
      secrets: { token },
      home,
    })
    expect(good).toMatchObject([
      { stage: 'Find git', ok: true, message: containing(/git version/) },
      { stage: 'Reach, sign in, find the reference', ok: true },
      { stage: 'Fetch the files', ok: true, message: '4 files.' },
    ])
    const wrong = await stagesOf(githubRepositoryBlock, { settings: { repository: server.url }, home })
    expect(wrong.at(-1)).toMatchObject({ stage: 'Reach, sign in, find the reference', ok: false })
  })
})

describe.skipIf(!isGitHere)('a server that does not do its part', () => {
  test.each([
    ['no such repository', 404, 'not-found', /There is no repository/],
    ['too many requests', 429, 'limit', /wants fewer requests/],
    ['a broken server', 503, 'unavailable', /broke off/],
  ])('%s is told as such', async (_, status, code, says) => {
    const server = await serveRepository(madeRepository())
    server.instead((response) => void response.writeHead(status).end())
    expect(await failureOf({ settings: { repository: server.url }, home: temporaryHome() })).toMatchObject({
      failure: { code, message: containing(says) },
    })
  })

  test('one that says nothing is left when the run is cancelled, and nothing stays behind', async () => {
    const repository = makeRepository()
    const commit = repository.commit(files)
    const server = await serveRepository(repository)
    const controller = new AbortController()
    server.instead(() => controller.abort())
    const home = temporaryHome()
    const options = { settings: { repository: server.url, reference: commit }, home, signal: controller.signal }
    expect(await failureOf(options)).toMatchObject({ failure: { code: 'cancelled' } })
    const [own = ''] = readdirSync(join(home, 'repositories'))
    expect(readdirSync(join(home, 'repositories', own))).toEqual([])
  })
})

test('addresses are owner/name or https:, never with a token in them', () => {
  const at = (repository: string) => addressOf({ repository, reference: undefined, path: '', user: 'x' }).href
  expect(at('octocat/flows')).toBe('https://github.com/octocat/flows.git')
  expect(at('octocat/flows.git')).toBe('https://github.com/octocat/flows.git')
  expect(at('https://git.example.org/a/b.git')).toBe('https://git.example.org/a/b.git')
  expect(() => at('git@github.com:octocat/flows.git')).toThrow(/not over SSH/)
  expect(() => at('ssh://git@github.com/octocat/flows')).toThrow(/not over SSH/)
  expect(() => at('https://someone:made-up@github.com/octocat/flows')).toThrow(/Set the token as the secret/)
  expect(() => at('ext::sh -c touch% /tmp/x')).toThrow(/cannot be fetched/)
  expect(() => at('--upload-pack=touch x')).toThrow(/neither owner\/name nor an address/)
})
