import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { catalogue as standardCatalogue } from './catalogue.ts'
import { googleEnvironment } from './google/environment.ts'
import type { Catalogue } from './kinds/catalogue.ts'
import type { JsonValue } from './model/handle.ts'
import { keychainEntry, workerEntry as standardWorkerEntry } from './places.ts'
import { blocksService, type BlocksService } from './services/blocks/blocks.ts'
import { createConfig } from './services/config.ts'
import { createFlowReader } from './services/flows/flow-reader.ts'
import { namingFlows } from './services/blocks/naming-flows.ts'
import { createDrafts } from './services/flows/drafts.ts'
import { createFlows } from './services/flows/flows.ts'
import { createTrust } from './services/flows/trust.ts'
import { recentDocuments } from './services/flows/recent-documents.ts'
import { typesFolder } from './services/retention.ts'
import { createCacheDecisions } from './services/runs/cache-decisions.ts'
import { createPrepare, type Prepare } from './services/runs/prepare.ts'
import { blockReferencesIn } from './services/runs/block-references.ts'
import { folderOf } from './services/runs/run-folders.ts'
import { chosenSecrets } from './services/secrets/secrets-places.ts'
import { secretsService } from './services/secrets/secrets-service.ts'
import { timeOrderedId } from './services/time-ordered-id.ts'
import type { Home } from './world/home/home.ts'
import { createHttp } from './world/http/http.ts'
import { openKeychain } from './world/keychain/keychain.ts'
import { keychainEnvironment } from './world/keychain/keychain-environment.ts'
import { keychainProcess, type ForkKeychain } from './world/keychain/keychain-process.ts'
import { unlockedOn } from './world/keychain/unlocked.ts'
import { createMasker } from './world/masking/masker.ts'
import { cleanEnvironment } from './world/processes/clean-environment.ts'
import { noSecrets } from './world/secrets/no-secrets.ts'
import { openVault } from './world/vault/vault.ts'
import { forkNode, type ForkWorker } from './world/workers/forked-process.ts'
import type { Ask, Question, Questions } from './world/workers/messages.ts'
import { clearingSpill } from './world/workers/spill.ts'
import { tableBudgetEnvironment } from './world/workers/table-budget.ts'
import { createWorkerPool, type WorkerPool } from './world/workers/worker-pool.ts'

export type EngineOptions = {
  /** The home's folder. */
  readonly home: string
  /** Of the vault, or null: then it is locked until somebody unlocks it. */
  readonly passphrase: string | null
  /** What settings and processes are taken from; default this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Ends an engine that holds the home and hangs; see openHome. */
  readonly takeOver?: boolean
  /** Whether runs that an engine before left for their next try go on, or wait until one is asked for; default they go on. */
  readonly retries?: 'go-on' | 'wait'
  /** The types that flows may use, and the program of the worker processes that know them; default all of Millrace's. */
  readonly types?: { readonly catalogue: Catalogue; readonly workerEntry: string }
  /** Starts worker processes; default Node's fork. */
  readonly fork?: ForkWorker
  /** Starts the process that talks to the keychain; default Node's fork. */
  readonly forkKeychain?: ForkKeychain
  /** A bug that a client only sees as such. */
  onBug(error: unknown): void
  /** Told why nothing can be stored, so that runs wait, and null when it can be again. */
  onStalled?(reason: string | null): void
  /** Told the names of the flow runs that go on (paused ones do not), whenever they change, and in words what became of the others. */
  onActive?(flowRuns: readonly string[], ended: readonly string[]): void
  /** Told when another engine has taken the home over: nothing can be stored any more, and this process must end. */
  onLost?(): void
}

const standardTypes = { catalogue: standardCatalogue, workerEntry: standardWorkerEntry }

export type Base = ReturnType<typeof baseOf>

export const clock = { now: Date.now, random: Math.random, newId: () => timeOrderedId(Date.now(), randomUUID()) }

const keychainOf = (
  { id }: Pick<Home, 'id'>,
  environment: NonNullable<EngineOptions['environment']>,
  fork: ForkKeychain = forkNode({ entry: keychainEntry }),
) => {
  const env = keychainEnvironment(environment, id)
  return openKeychain({ keychain: keychainProcess(fork, env), home: id, unlocked: unlockedOn(process.platform, env) })
}

/** What needs no engine: settings, secrets, blocks, flows. */
export const baseOf = (
  home: Home,
  { passphrase, environment = process.env, types = standardTypes, fork, forkKeychain }: EngineOptions,
) => {
  const { catalogue } = types
  const masker = createMasker()
  // Scripts of the same user can read it out of the process that was started with it.
  if (passphrase !== null) masker.add(passphrase)
  const config = createConfig(home.store.config, environment)
  const places = {
    config,
    vault: openVault({ path: path.join(home.dir, 'secrets.vault'), passphrase }),
    keychain: keychainOf(home, environment, forkKeychain),
    none: noSecrets(),
  }
  const secrets = chosenSecrets(places)
  const library = path.join(home.dir, 'flows')
  const store = { ...home.store, document: recentDocuments((hash) => home.store.document(hash)) }
  const reader = createFlowReader({ catalogue, store, library, checkout: (reference) => blocks.checkout(reference) })
  const trust = createTrust(home.store.config, library)
  const drafts = createDrafts({ reader, trust, library, ...clock })
  const blocks = blocksService({
    home,
    catalogue,
    store: home.store.blocks,
    secrets,
    http: createHttp(),
    flows: namingFlows({ store, drafts, library }),
    masker,
    ...clock,
  })
  return {
    home,
    store,
    masker,
    config,
    keychain: places.keychain,
    secrets: secretsService({ ...places, rows: home.store.config, blocks, masker }),
    blocks,
    library,
    reader,
    trust,
    drafts,
    flows: createFlows({ reader, catalogue, store, trust, library, ...clock }),
    environment,
    fork,
    ...types,
  }
}

export const spillOf = ({ dir }: Pick<Home, 'dir'>): string => path.join(dir, 'spill')

export const openPool = ({ home, masker, config, blocks, environment, workerEntry, fork }: Base): WorkerPool =>
  createWorkerPool({
    fork: clearingSpill(fork ?? forkNode({ entry: workerEntry }), spillOf(home)),
    size: config.number('concurrency'),
    homeId: home.id,
    env: {
      ...cleanEnvironment(environment),
      ...googleEnvironment(environment),
      ...tableBudgetEnvironment({
        spill: spillOf(home),
        types: typesFolder(home.dir),
        memoryLimit: Math.floor((config.number('memory-mb') * 2 ** 20) / config.number('concurrency')),
        threads: config.number('threads'),
      }),
    },
    memoryLimit: config.number('task-memory-mb') * 2 ** 20,
    ask: askBlocks(home, blocks),
    masker,
  })

/** A worker may ask for blocks and secrets, and for nothing else. */
const askBlocks = (home: Home, blocks: BlocksService): Ask => {
  const answers: { [Q in Question]: (about: Questions[Q]['ask']) => Promise<Questions[Q]['answer']> } = {
    block: async ({ reference }) => {
      const { type, settings } = await blocks.use(reference)
      return { type, settings, home: home.dir }
    },
    secret: ({ reference }) => blocks.readSecret(reference),
  }
  return (question, about) => answers[question](about)
}

export const prepareOf = (base: Base): Prepare => {
  const { catalogue, blocks, store, library } = base
  const cache = createCacheDecisions({
    store,
    now: clock.now,
    blockVersions: (settings) => blockVersions(blocks, settings),
    flowFolder: ({ flowRun }) => folderOf(flowRun, library),
  })
  const settings = async (reference: string) => (await blocks.use(reference)).settings
  return createPrepare({ catalogue, blocks: { ...blockFacts(base), settings }, cache })
}

export const blockFacts = ({ home, blocks, catalogue }: Base) => ({
  settings: async (reference: string) => (await blocks.resolve(reference)).settings,
  limits: async (references: readonly string[]) => {
    const resolved = await Promise.all(references.map((reference) => blocks.resolve(reference)))
    return resolved.flatMap(({ type, settings }) => {
      const name = catalogue.blocks.get(type)?.exclusive?.(settings, { home: home.dir })
      return name === undefined ? [] : [{ name, capacity: 1 }]
    })
  },
})

/** Of the blocks that settings name, and of those that these name. */
const blockVersions = async (blocks: BlocksService, settings: JsonValue): Promise<JsonValue> => {
  const versions: JsonValue[] = []
  const seen = new Set<string>()
  const collect = async (value: JsonValue): Promise<void> => {
    for (const reference of blockReferencesIn(value)) {
      if (seen.has(reference)) continue
      seen.add(reference)
      const { id, settings: inner, secretVersions } = await blocks.resolve(reference)
      versions.push({ id, settings: inner, secretVersions })
      await collect(inner)
    }
  }
  await collect(settings)
  return versions
}
