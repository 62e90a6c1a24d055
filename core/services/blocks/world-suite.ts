import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { json } from '#core/blocks/json/index.ts'
import { secret } from '#core/blocks/secret/index.ts'
import { string } from '#core/blocks/string/index.ts'
import { defineBlock } from '#core/kinds/block-type.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { field } from '#core/kinds/field.ts'
import { createMasker } from '#core/world/masking/masker.ts'
import { openMemoryHome } from '#core/world/home/memory-home.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { memorySecrets } from '#core/world/secrets/memory-secrets.ts'
import { noHttp } from '#test/fixtures/no-http.ts'
import type { BlocksWorld } from './blocks.ts'
import type { NamingFlows } from './naming-flows.ts'

/** A type with two secrets, a default and an older version, of which its test needs the password. */
const database = defineBlock({
  type: 'database',
  version: 2,
  title: 'Database',
  summary: 'A database of these tests.',
  icon: 'database',
  config: z.object({
    host: field.text({ title: 'Host' }),
    port: field.integer({ title: 'Port' }).default(5432),
  }),
  secrets: { password: { title: 'Password' }, token: { title: 'Token', optional: true } },
  capabilities: [],
  upgrade: { 1: ({ address, ...rest }) => ({ ...rest, host: address ?? 'localhost' }) },
  examples: [{ host: 'localhost' }],
  test: async function* ({ settings, secret: read }) {
    yield { stage: 'Reach', ok: true, duration: 1, message: `${settings.host}:${settings.port}` }
    const password = await read('password')
    yield { stage: 'Sign in', ok: false, duration: 1, message: `refused: ${password}`, remedy: `Is ${password} right?` }
  },
})

/** The real store, in memory, for one test. */
export const memoryStore = (): BlocksWorld['store'] => {
  const home = openMemoryHome({ migrations })
  onTestFinished(() => home.close())
  return home.store.blocks
}

const noFlows: NamingFlows = {
  uses: async () => new Map(),
  runs: () => new Map(),
  planRename: async () => ({ flows: [], follow: async () => {} }),
}

export const testWorld = (changes: Partial<BlocksWorld> = {}): BlocksWorld => {
  let ids = 0
  return {
    home: { id: 'home-a', dir: '/nowhere' },
    catalogue: catalogueOf([], [secret, string, json, database]),
    store: memoryStore(),
    secrets: memorySecrets(),
    masker: createMasker(),
    http: noHttp,
    flows: noFlows,
    now: () => 1000 + ids,
    newId: () => `block-${(ids += 1)}`,
    ...changes,
  }
}

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
