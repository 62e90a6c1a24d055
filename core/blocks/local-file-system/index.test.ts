import { noHttp } from '#test/fixtures/no-http.ts'
import { noNestedBlock } from '#test/fixtures/no-nested-block.ts'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { containing } from '#test/fixtures/containing.ts'
import { contextOf, stagesOf } from '#test/fixtures/block-context.ts'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { localFileSystemBlock } from './index.ts'
import { openLocalStorage } from './client.ts'

const someText: unknown = expect.any(String)

const someNumber: unknown = expect.any(Number)

const folder = mkdtempSync(join(tmpdir(), 'millrace-storage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const base = join(folder, 'lake')
const storage = openLocalStorage(base)
const signal = new AbortController().signal
const source = join(folder, 'source.txt')
const put = (name: string, content = name) => {
  writeFileSync(source, content)
  return storage.upload({ path: source, name, uploadId: 'run/upload', signal, progress: () => undefined })
}
const names = async (prefix: string) =>
  (await Array.fromAsync(storage.list(prefix, signal))).map(({ name }) => name).toSorted()

test('upload, stat, list, download, delete', async () => {
  expect(await put('a/b.txt', 'hello')).toMatchObject({ name: 'a/b.txt', bytes: 5 })
  await put('a/c/d.txt')
  await put('e.txt')
  expect(await storage.stat('a/b.txt')).toMatchObject({ bytes: 5, modifiedAt: someNumber })
  expect(await storage.stat('nope')).toBeNull()
  expect(await names('')).toEqual(['a/b.txt', 'a/c/d.txt', 'e.txt'])
  expect(await names('/a/')).toEqual(['a/b.txt', 'a/c/d.txt'])
  const target = join(folder, 'back.txt')
  await storage.download({ name: '/a/b.txt', path: target, signal, progress: () => undefined })
  expect(readFileSync(target, 'utf8')).toBe('hello')
  await storage.delete('a/b.txt')
  expect(await names('a')).toEqual(['a/c/d.txt'])
  await expect(storage.download({ name: 'a/b.txt', path: target, signal, progress: () => undefined })).rejects.toThrow(
    /There is no “a\/b\.txt”/,
  )
})

test.each(['../x', 'a/../../x', '..', '', '/', 'a/\0b'])('the name %j leads nowhere', async (name) => {
  await expect(put(name)).rejects.toMatchObject({ failure: { code: 'denied' } })
  await expect(storage.stat(name)).rejects.toMatchObject({ failure: { code: 'denied' } })
  await expect(storage.delete(name)).rejects.toMatchObject({ failure: { code: 'denied' } })
})

test('a link that leaves the folder is not followed, read or listed', async () => {
  const outside = join(folder, 'outside')
  mkdirSync(outside, { recursive: true })
  writeFileSync(join(outside, 'secret.txt'), 'secret')
  mkdirSync(base, { recursive: true })
  symlinkSync(outside, join(base, 'way-out'))
  symlinkSync(join(outside, 'secret.txt'), join(base, 'link.txt'))
  await expect(put('way-out/x.txt')).rejects.toThrow(/through a link/)
  await expect(storage.stat('link.txt')).rejects.toThrow(/through a link/)
  expect(await names('')).not.toContain('link.txt')
  expect(await names('')).not.toContain('way-out/secret.txt')
  expect(readdirSync(outside)).toEqual(['secret.txt'])
})

test('an upload that is stopped leaves the old file and nothing else', async () => {
  await put('kept/x.txt', 'old')
  writeFileSync(source, 'new')
  const stop = new AbortController()
  const stopped = storage.upload({
    path: source,
    name: 'kept/x.txt',
    uploadId: 'run/upload',
    signal: stop.signal,
    progress: () => stop.abort(),
  })
  await expect(stopped).rejects.toMatchObject({ failure: { code: 'cancelled' } })
  expect(readdirSync(join(base, 'kept'))).toEqual(['x.txt'])
  expect(readFileSync(join(base, 'kept/x.txt'), 'utf8')).toBe('old')
})

test('an upload that died leaves nothing once it is tried again', async () => {
  const copied = new AbortController()
  const dying = storage.upload({
    path: source,
    name: 'died/x.txt',
    uploadId: 'run/upload',
    signal,
    progress: () => copied.abort(),
  })
  await once(copied.signal, 'abort')
  const [part = ''] = readdirSync(join(base, 'died'))
  await dying
  writeFileSync(join(base, 'died', part), 'half of it, and more than there will be')
  await put('died/x.txt', 'whole')
  expect(readdirSync(join(base, 'died'))).toEqual(['x.txt'])
  expect(readFileSync(join(base, 'died/x.txt'), 'utf8')).toBe('whole')
})

test('a source that is gone says so', async () => {
  const missing = { path: join(folder, 'gone'), name: 'x', uploadId: 'run/upload', signal, progress: () => undefined }
  await expect(storage.upload(missing)).rejects.toMatchObject({ failure: { code: 'not-found' } })
})

test('its test names the folder, what is missing and what to do', async () => {
  const stages = async (path: string, write = false) =>
    Array.fromAsync(
      localFileSystemBlock.test({
        settings: { path },
        home: folder,
        block: noNestedBlock,
        http: noHttp,
        signal,
        secret: () => Promise.reject(new Error('none')),
        write,
      }),
    )
  expect(await stages('lake')).toMatchObject([{ ok: true }, { ok: true }])
  expect(await stages('not-yet')).toMatchObject([{ ok: true, message: containing(/not there yet/) }])
  expect(await stages('source.txt')).toMatchObject([{ ok: false, remedy: someText }])
  expect(await stages('source.txt/lake')).toMatchObject([
    { ok: false, message: containing(/source\.txt is no folder/) },
  ])

  expect(await stages('lake', true)).toMatchObject([{ ok: true }, { ok: true, message: containing(/written and del/) }])
  expect(await stages('not-yet/lake', true)).toMatchObject([{ ok: true }, { ok: true }])
  expect(readdirSync(folder)).not.toContain('not-yet')
})

test.runIf(process.platform === 'linux').each([false, true])(
  'a folder that nobody can make is no place, also for a superuser (test writes: %s)',
  async (write) => {
    const context = { ...contextOf(localFileSystemBlock, { settings: { path: '/proc/nowhere/lake' } }), write }
    expect(await Array.fromAsync(localFileSystemBlock.test(context))).toMatchObject([
      { ok: false, message: containing(/cannot be made: \/proc cannot be written/), remedy: someText },
    ])
  },
)

test('~ is the folder of the person', async () => {
  vi.stubEnv('HOME', join(folder, 'person'))
  vi.stubEnv('USERPROFILE', join(folder, 'person'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const opened = await localFileSystemBlock.openStorage?.(
    contextOf(localFileSystemBlock, { settings: { path: '~/lake' } }),
  )
  expect(opened?.location).toContain(join(folder, 'person', 'lake'))
  const [first] = await stagesOf(localFileSystemBlock, { settings: { path: '~/lake' } })
  expect(first?.message).toContain(join(folder, 'person', 'lake'))
})
