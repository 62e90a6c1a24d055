import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Refused } from '#core/model/failure.ts'
import type { Git } from './git.ts'

export type Place = {
  readonly url: URL
  readonly reference: string | undefined
  /** A folder in the repository, or an empty text. */
  readonly path: string
  readonly home: string
}

export type Snapshot = { readonly commit: string; readonly folder: string }

const wholeCommit = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** The commit that a reference means now. */
export const resolveCommit = async (git: Git, { url, reference, home }: Place): Promise<string> => {
  if (reference !== undefined && wholeCommit.test(reference)) return reference
  const name = reference ?? 'HEAD'
  const wanted =
    reference === undefined ? ['HEAD'] : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/tags/${name}^{}`]
  const lines = (await git(['ls-remote', '--', url.href, ...wanted], home)).split('\n')
  const found = new Map(lines.map((line) => [line.split('\t')[1] ?? '', line.split('\t')[0] ?? '']))
  // A tag with a message is an object of its own; with ^{} it is the commit.
  const commit = wanted
    .toReversed()
    .map((each) => found.get(each))
    .find((each) => each !== undefined)
  if (commit !== undefined) return commit
  const message =
    reference === undefined
      ? `The repository ${url.href} is empty.`
      : `${url.href} has no branch or tag “${reference}”. A commit is given with all its 40 digits.`
  throw new Refused({ code: 'not-found', message })
}

/** The files of a commit below the home, fetched when they are not there yet. They are never changed again. */
export const takeSnapshot = async (git: Git, place: Place, commit: string): Promise<Snapshot> => {
  const { url, path, home } = place
  const own = join(home, 'repositories', createHash('sha256').update(`${url.href}\n${path}`).digest('hex').slice(0, 16))
  const folder = join(own, commit)
  await mkdir(own, { recursive: true })
  if (existsSync(folder)) await utimes(folder, new Date(), new Date())
  else await fetchInto(git, place, { commit, own, folder })
  await removeOld(own, commit)
  return { commit, folder }
}

type Target = { readonly commit: string; readonly own: string; readonly folder: string }

/** Beside it first, so that it is there whole or not at all, also when several tasks fetch it. */
const fetchInto = async (git: Git, { url, path }: Place, { commit, own, folder }: Target): Promise<void> => {
  const part = join(own, `part-${randomUUID()}`)
  try {
    await mkdir(part)
    await git(['init', '--quiet', '--template='], part)
    await git(['fetch', '--quiet', '--depth', '1', '--no-tags', '--no-write-fetch-head', '--', url.href, commit], part)
    await requirePath(git, part, { url, path, commit })
    await git(['checkout', '--quiet', '--force', commit, '--', path === '' ? '.' : path], part)
    await rm(join(part, '.git'), { recursive: true, force: true })
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

const requirePath = async (
  git: Git,
  part: string,
  { url, path, commit }: { url: URL; path: string; commit: string },
): Promise<void> => {
  const listed = await git(
    ['ls-tree', '--name-only', commit, ...(path === '' ? [] : ['--', path.replace(/\/+$/, '')])],
    part,
  )
  if (listed !== '') return
  const message =
    path === '' ? `${url.href} holds no files.` : `${url.href} has no folder “${path}” at ${commit.slice(0, 12)}.`
  throw new Refused({ code: 'not-found', message })
}

const day = 86_400_000
const most = 10

/** What nobody used for a week, of many what nobody used for a day, and what a process that died had begun. */
const removeOld = async (own: string, keep: string): Promise<void> => {
  const names = (await readdir(own)).filter((name) => name !== keep)
  const found = await Promise.all(names.map(async (name) => ({ name, usedAt: await usedAt(join(own, name)) })))
  const old = found
    .toSorted((one, other) => other.usedAt - one.usedAt)
    .filter((each, index) => each.usedAt < Date.now() - (index < most ? 7 * day : day))
  for (const { name } of old) await rm(join(own, name), { recursive: true, force: true })
}

/** One that another process has just removed or renamed is not old. */
const usedAt = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? Date.now()
