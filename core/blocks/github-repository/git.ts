import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { isSafe } from '#core/kinds/http/web-address.ts'
import { Refused } from '#core/model/failure.ts'
import { refusalOf } from './refusals.ts'

/** Runs the system’s git; gives what it wrote. Everything it throws is Refused. */
export type Git = (args: readonly string[], cwd: string) => Promise<string>

export type GitAccess = {
  readonly url: URL
  readonly user: string
  readonly token: string | null
  /** A PEM file with all authorities to trust; null for those that git trusts anyway. */
  readonly authorities: string | null
  readonly signal: AbortSignal
}

const passed = new Set([
  'PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR',
  'MILLRACE_TASK_RUN',
]) // prettier-ignore

/** The token goes by the environment, which no list of processes shows, and to one host: redirects are not followed with it. */
const configuration = ({ url, user, token, authorities }: GitAccess): Readonly<Record<string, string>> => ({
  'credential.helper': '',
  'core.hooksPath': devNull,
  'core.symlinks': 'false',
  'core.autocrlf': 'false',
  'core.fsmonitor': 'false',
  'gc.auto': '0',
  'advice.detachedHead': 'false',
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.http.allow': 'always',
  'protocol.file.allow': 'always',
  'http.followRedirects': token === null ? 'initial' : 'false',
  // A server that says almost nothing for so many seconds is given up.
  'http.lowSpeedLimit': '100',
  'http.lowSpeedTime': '30',
  ...(authorities !== null && { 'http.sslCAInfo': authorities }),
  ...(token !== null && {
    [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
  }),
})

/** Nobody’s own configuration, no prompt, no helper that could know other credentials. */
const environmentOf = (access: GitAccess): Record<string, string> => {
  const settings = Object.entries(configuration(access))
  const environment: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
    HOME: devNull,
    GIT_CONFIG_COUNT: String(settings.length),
  }
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && passed.has(name.toUpperCase())) environment[name] = value
  for (const [index, [name, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = name
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return environment
}

const mostOutput = 20_000_000

export const gitOf = (access: GitAccess): Git => {
  const { url, token, signal } = access
  if (token !== null && url.protocol !== 'file:' && !isSafe(url)) {
    const message = `Over http: anybody on the way to ${url.host} could read the token. Give the https: address of the repository.`
    throw new Refused({ code: 'denied', message })
  }
  const environment = environmentOf(access)
  return async (args, cwd) => {
    const ended = await run(args, { cwd, environment, signal })
    if (ended.exitCode === 0) return ended.output
    if (signal.aborted) throw new Refused({ code: 'cancelled', message: 'Fetching the repository was stopped.' })
    throw refusalOf(ended.errors, access)
  }
}

type Ended = { readonly exitCode: number | null; readonly output: string; readonly errors: string }
type Running = { readonly cwd: string; readonly environment: Record<string, string>; readonly signal: AbortSignal }

const run = (args: readonly string[], { cwd, environment, signal }: Running): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const isGroup = process.platform !== 'win32'
    const child = spawn('git', args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: isGroup })
    // What git starts, such as git-remote-https, ends with it.
    const stop = () => {
      if (child.pid === undefined) return
      try {
        process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    const said = { output: '', errors: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.output += text
      if (said.output.length > mostOutput) stop()
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.errors = (said.errors + text).slice(-10_000)
    })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    child.on('error', (cause) => reject(notThere(cause)))
    child.on('close', (exitCode) => {
      signal.removeEventListener('abort', stop)
      resolve({ exitCode, ...said })
    })
  })

const notThere = (cause: Error): Refused => {
  const message =
    'The program git was not found; repositories are fetched with it. Install it (Debian: apt-get install git; macOS: xcode-select --install; Windows: git-scm.com).'
  return new Refused({ code: 'not-found', message }, { cause })
}
