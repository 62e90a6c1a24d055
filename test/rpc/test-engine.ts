import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import type { EngineClient } from '#core/api/client.ts'
import { connect } from '#core/api/connect.ts'
import { openEngine, type Engine } from '#core/compose.ts'

type TestEngine = { readonly folder: string; readonly home: string; readonly engine: Engine }

/** An engine over a home of its own, for the tests of one file; at their end no bug must have been told of. */
export const testEngine = async (): Promise<TestEngine> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-rpc-'))
  const home = path.join(folder, 'home')
  const bugs: unknown[] = []
  const engine = await openEngine({ home, passphrase: null, onBug: (error) => bugs.push(error) })
  afterAll(async () => {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
    expect(bugs).toEqual([])
  })
  return { folder, home, engine }
}

/** The same, and a client of its socket. */
export const remoteEngine = async (): Promise<TestEngine & { readonly remote: { readonly client: EngineClient } }> => {
  const made = await testEngine()
  const remote = await connect(path.join(made.home, 'engine.sock'))
  afterAll(() => remote.close())
  return { ...made, remote }
}
