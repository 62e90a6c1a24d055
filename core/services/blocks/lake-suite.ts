import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { catalogue } from '#core/catalogue.ts'
import { json } from '#core/blocks/json/index.ts'
import { secret } from '#core/blocks/secret/index.ts'
import { string } from '#core/blocks/string/index.ts'
import { defineBlock } from '#core/kinds/block-type.ts'
import { catalogueOf } from '#core/kinds/catalogue.ts'
import { field } from '#core/kinds/field.ts'
import { Refused } from '#core/model/failure.ts'
import { createDrafts } from '#core/services/flows/drafts.ts'
import { createFlowReader } from '#core/services/flows/flow-reader.ts'
import { createTrust } from '#core/services/flows/trust.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { openMemoryHome } from '#core/world/home/memory-home.ts'
import { blocksService, type BlocksWorld } from './blocks.ts'
import { namingFlows } from './naming-flows.ts'
import { testWorld } from './world-suite.ts'

/** A key that looks like `key:project:expiry`, of which project and expiry may be shown. */
const credentials = defineBlock({
  type: 'credentials',
  version: 1,
  title: 'Credentials',
  summary: 'A key of these tests.',
  icon: 'key-round',
  config: z.object({ parent: field.block({ title: 'Parent', blocks: ['credentials'] }).optional() }),
  secrets: { key: { title: 'Key', file: true } },
  capabilities: [],
  facts: {
    key: (value) => {
      if (value.startsWith('{')) JSON.parse(value)
      const [kind, project = '', expiry] = value.split(':')
      if (kind !== 'key') {
        throw new Refused({ code: 'invalid', message: 'This is a web page. Fetch the key from the console instead.' })
      }
      return { shown: { Project: project }, expiresAt: expiry === undefined ? null : Number(expiry) }
    },
  },
  examples: [{}],
  test: async function* ({ secret: read }) {
    yield { stage: 'Read the key', ok: true, duration: 0, message: await read('key') }
  },
})

const bucket = defineBlock({
  type: 'bucket',
  version: 1,
  title: 'Bucket',
  summary: 'A bucket of these tests.',
  icon: 'folder',
  config: z.object({
    bucket: field.text({ title: 'Bucket' }),
    credentials: field.block({ title: 'Credentials', blocks: ['credentials'] }).optional(),
  }),
  secrets: {},
  capabilities: ['storage'],
  examples: [{ bucket: 'b' }],
  test: async function* ({ settings, block, write, create, signal }) {
    if (settings.bucket === 'absent' && !create) {
      const offer = { action: 'create', title: 'Create the bucket' } as const
      yield { stage: 'Bucket', ok: false, duration: 0, message: 'There is none.', offer }
      return
    }
    yield { stage: 'Bucket', ok: true, duration: 0, message: settings.bucket }
    if (settings.bucket === 'hangs') await new Promise(() => signal)
    if (settings.credentials === undefined) return
    const nested = await block(settings.credentials)
    yield { stage: 'Sign in', ok: true, duration: 0, message: `${nested.type} ${await nested.secret('key')}` }
    if (write) yield { stage: 'Write', ok: true, duration: 0, message: 'Written and deleted.' }
  },
})

/** Blocks with real flows beside them, in a throw-away home. */
export const lake = (changes: Partial<BlocksWorld> = {}) => {
  const home = openMemoryHome({ migrations })
  onTestFinished(() => home.close())
  const library = join(home.dir, 'flows')
  mkdirSync(library, { recursive: true })
  const types = catalogueOf([...catalogue.tasks.values()], [credentials, bucket, secret, string, json])
  const reader = createFlowReader({
    catalogue: types,
    store: home.store,
    library,
    checkout: () => Promise.reject(new Error('No flow is in a repository.')),
  })
  const drafts = createDrafts({ reader, trust: createTrust(home.store.config, library), library, now: () => 1 })
  const flows = namingFlows({ store: home.store, drafts, library })
  const world = testWorld({ catalogue: types, store: home.store.blocks, flows, ...changes })
  return {
    world,
    home,
    library,
    drafts,
    blocks: blocksService(world),
    /** Puts a flow into the library; its file. */
    flow: (name: string, rest: string): string => {
      const file = join(library, `${name}.yaml`)
      writeFileSync(file, `# ${name}\nmillrace: 1\nname: ${name}\n${rest}`)
      return file
    },
    read: (name: string): string => readFileSync(join(library, `${name}.yaml`), 'utf8'),
  }
}
