import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { failureOfCall } from '#core/api/client.ts'
import { openEngine } from '#core/compose.ts'
import { remoteEngine } from './test-engine.ts'

/** Blocks over the engine's socket. */
const { folder, remote } = await remoteEngine()

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => failureOfCall(error),
  )

test('a renamed block is followed by a flow that is open, whose editor is told; a used one is not deleted', async () => {
  const { blocks, flows } = remote.client
  await blocks.create({ type: 'string', name: 'greeting', settings: { value: 'hello' } })
  const text = `millrace: 1\nname: greet\n# hello\ntasks:\n  say: { type: log.message, with: { message: "{{ blocks.string.greeting.value }}" } }\n`
  const file = path.join(folder, 'greet.yaml')
  writeFileSync(file, text)
  const draft = await flows.open({ source: { from: 'file', path: file, cwd: folder } })
  const leave = new AbortController()
  const news = (await flows.watch({ file: draft.file }, { signal: leave.signal }))[Symbol.asyncIterator]()
  await news.next()
  expect(await failureOf(blocks.delete({ block: 'string/greeting' }))).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('task say') as unknown,
  })
  const renamed = await blocks.rename({ block: 'string/greeting', name: 'salute' })
  expect(renamed).toMatchObject({ block: { reference: 'block:string/salute' }, flows: [draft.file], blocks: [] })
  expect((await news.next()).value).toMatchObject({
    editor: null,
    draft: { revision: draft.revision + 1, content: { problems: [] } },
  })
  expect(readFileSync(file, 'utf8')).toBe(text.replace('greeting', 'salute'))
  expect((await blocks.allUses())['block:string/salute']?.flows).toHaveLength(1)
  leave.abort()
  await blocks.delete({ block: 'string/salute', force: true })
})

test('a look at a secret keeps nothing, and what is no such field is refused without the value', async () => {
  const { blocks } = remote.client
  expect(await blocks.look({ type: 'secret', field: 'value', value: 'quern-7f3a' })).toEqual({
    shown: {},
    expiresAt: null,
  })
  const failure = await failureOf(blocks.look({ type: 'secret', field: 'valu', value: 'quern-7f3a' }))
  expect(failure).toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('Did you mean “value”?') as unknown,
  })
  expect(JSON.stringify(failure)).not.toContain('quern')
})

test('a test that waits for a silent server ends when nobody looks any more, and is not kept', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const { blocks } = remote.client
  const settings = { host: '127.0.0.1', port, database: 'd', user: 'u', connect_timeout: '10m' }
  await blocks.create({ type: 'postgres', name: 'silent', settings })
  const left = new AbortController()
  const stages: string[] = []
  const tested = failureOf(
    (async () => {
      for await (const { stage } of await blocks.test({ block: 'postgres/silent' }, { signal: left.signal })) {
        stages.push(stage)
        left.abort()
      }
    })(),
  )
  expect(await tested).not.toBeNull()
  expect(stages).toEqual(['Reach the server'])
  expect((await blocks.inspect({ block: 'postgres/silent' })).lastTest).toBeNull()
  silent.close()
})

test('a start goes on with a rename that a crash left half done', async () => {
  const other = path.join(folder, 'crashed')
  const text = `millrace: 1\nname: greet\ntasks:\n  say: { type: log.message, with: { message: "{{ blocks.string.old.value }}" } }\n`
  const bugs: unknown[] = []
  const options = { home: other, passphrase: null, onBug: (error: unknown) => bugs.push(error) }
  const first = await openEngine(options)
  await first.client.blocks.create({ type: 'string', name: 'new', settings: { value: 'hello' } })
  await first.client.flows.create({ name: 'greet', text })
  await first.close()
  const database = new Sqlite(path.join(other, 'state.db'))
  database.prepare("insert into pending_renames (type, old_name, new_name) values ('string', 'old', 'new')").run()
  database.close()
  const second = await openEngine(options)
  expect(readFileSync(path.join(other, 'flows/greet.yaml'), 'utf8')).toBe(text.replace('string.old', 'string.new'))
  await second.close()
  expect(bugs).toEqual([])
})
