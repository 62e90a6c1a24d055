import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { remoteEngine } from './test-engine.ts'

/** What an editor hears of a file that others write, over the engine's socket. */
const { folder, remote } = await remoteEngine()

const text = `millrace: 1
name: greet
tasks:
  say: { type: log.message, with: { message: "hello" } }
`

const openFile = async (name: string) => {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  const { flows } = remote.client
  const draft = await flows.open({ source: { from: 'file', path: file, cwd: folder } })
  const news = (await flows.watch({ file }, { signal: AbortSignal.timeout(60_000) }))[Symbol.asyncIterator]()
  expect((await news.next()).value).toMatchObject({ gone: false, draft: { text } })
  return { file, draft, news, flows }
}

test('an editor hears that its file is gone, and gets it back with what it held', async () => {
  const { file, draft, news, flows } = await openFile('gone.yaml')
  rmSync(file)
  expect((await news.next()).value).toMatchObject({ gone: true, draft: { text } })
  const late = (await flows.watch({ file }, { signal: AbortSignal.timeout(60_000) }))[Symbol.asyncIterator]()
  expect((await late.next()).value).toMatchObject({ gone: true, draft: { text } })
  expect(await flows.writeBack({ file })).toMatchObject({ text, revision: draft.revision })
  expect(readFileSync(file, 'utf8')).toBe(text)
  expect((await news.next()).value).toMatchObject({ gone: false, draft: { text, revision: draft.revision } })
})

test('a file that somebody else made anew is not overwritten', async () => {
  const { file, news, flows } = await openFile('anew.yaml')
  rmSync(file)
  expect((await news.next()).value).toMatchObject({ gone: true })
  const theirs = text.replace('hello', 'theirs')
  writeFileSync(file, theirs)
  const failure = await flows.writeBack({ file }).catch((error: unknown) => failureOfCall(error))
  expect(failure).toMatchObject({ code: 'conflict' })
  expect((await news.next()).value).toMatchObject({ gone: false, draft: { text: theirs } })
  expect(readFileSync(file, 'utf8')).toBe(theirs)
})

test('nothing is written where no flow was open', async () => {
  const file = path.join(folder, 'never.yaml')
  const failure = await remote.client.flows.writeBack({ file }).catch((error: unknown) => failureOfCall(error))
  expect(failure).toMatchObject({ code: 'not-found' })
  expect(existsSync(file)).toBe(false)
})

test('two texts are compared field by field', async () => {
  const changes = await remote.client.flows.compareTexts({ before: text, after: text.replace('hello', 'bye') })
  expect(changes).toEqual([
    { kind: 'changed', path: ['tasks', 'say', 'with', 'message'], before: 'hello', after: 'bye' },
  ])
})
