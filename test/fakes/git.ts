import { spawn, spawnSync, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { listenLocally } from './listen.ts'

export type GitRepository = {
  /** The folder of the bare repository. */
  readonly folder: string
  readonly fileUrl: string
  /** Adds or replaces files in one commit on a branch (default: main); the commit. */
  commit(files: Readonly<Record<string, string | { readonly link: string }>>, branch?: string): string
  tag(name: string, message?: string): void
}

/** A bare repository of its own, as GitHub keeps one. */
export const makeRepository = (): GitRepository => {
  const parent = mkdtempSync(join(tmpdir(), 'millrace-git-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'flows.git')
  const work = join(parent, 'work')
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org', ...args], {
      cwd: parent,
      env: { PATH: process.env['PATH'], HOME: parent, GIT_CONFIG_NOSYSTEM: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  git('init', '--quiet', '--bare', '--initial-branch=main', folder)
  git('init', '--quiet', '--initial-branch=main', work)
  git('-C', work, 'remote', 'add', 'origin', folder)
  return {
    folder,
    fileUrl: pathToFileURL(folder).href,
    commit: (files, branch = 'main') => {
      git('-C', work, 'checkout', '--quiet', '-B', branch)
      for (const [name, content] of Object.entries(files)) {
        const path = join(work, name)
        mkdirSync(dirname(path), { recursive: true })
        rmSync(path, { force: true })
        if (typeof content === 'string') writeFileSync(path, content)
        else symlinkSync(content.link, path)
      }
      git('-C', work, 'add', '--all')
      git('-C', work, 'commit', '--quiet', '--message', 'Change')
      git('-C', work, 'push', '--quiet', '--force', 'origin', branch)
      return git('-C', work, 'rev-parse', 'HEAD')
    },
    tag: (name, message) => {
      git('-C', work, 'tag', ...(message === undefined ? [] : ['--annotate', '--message', message]), name)
      git('-C', work, 'push', '--quiet', 'origin', name)
    },
  }
}

export type GitServer = {
  /** Of the repository. */
  readonly url: string
  /** Path and authorization of each request. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[]
  /** What it answers instead to all requests from now on. */
  instead(answer: ((response: ServerResponse) => void) | null): void
}

/** Git over HTTP by git’s own `http-backend`; with a token only for those that have it. */
export const serveRepository = async (
  repository: GitRepository,
  token?: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<GitServer> => {
  const asked: { path: string; authorization: string | undefined }[] = []
  let instead: ((response: ServerResponse) => void) | null = null
  const expected = token === undefined ? null : `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { authorization } = request.headers
    asked.push({ path: request.url ?? '', authorization })
    if (instead) instead(response)
    else if (expected !== null && authorization !== expected)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    else answerByBackend(repository.folder, request, response)
  }
  const server = tls ? createSecureServer(tls, answer) : createServer(answer)
  const { url, close } = await listenLocally(server)
  onTestFinished(close)
  return {
    url: `${tls ? url.replace('http:', 'https:').replace('127.0.0.1', 'localhost') : url}/flows.git`,
    asked,
    instead: (other) => {
      instead = other
    },
  }
}

const answerByBackend = (folder: string, request: IncomingMessage, response: ServerResponse): void => {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: dirname(folder),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      ...(request.headers['content-length'] && { CONTENT_LENGTH: request.headers['content-length'] }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  backend.stdin.on('error', () => undefined)
  request.pipe(backend.stdin)
  const parts: Buffer[] = []
  backend.stdout.on('data', (part: Buffer) => parts.push(part))
  backend.on('close', () => {
    const all = Buffer.concat(parts)
    const end = all.indexOf('\r\n\r\n')
    const headers = Object.fromEntries(
      all
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const { status = '200', ...rest } = headers
    response.writeHead(Number.parseInt(status, 10), rest).end(all.subarray(end + 4))
  })
}

/** Where git is not installed these tests are skipped by name, except in CI. */
export const isGitHere = spawnSync('git', ['--version']).status === 0 || Boolean(process.env['CI'])
