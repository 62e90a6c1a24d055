import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { EngineClient } from './api/client.ts'
import { listen, type Listener } from './api/listen.ts'
import { createRouter } from './api/server.ts'
import { catalogue as standardCatalogue } from './catalogue.ts'
import type { Catalogue } from './kinds/catalogue.ts'
import { createDriver } from './engine/driver.ts'
import type { Driver } from './engine/ports.ts'
import type { JsonValue } from './model/handle.ts'
import type { State } from './model/state.ts'
import { resources, workerEntry as standardWorkerEntry } from './places.ts'
import { blocksService, type BlocksService } from './services/blocks/blocks.ts'
import { createConfig } from './services/config.ts'
import { createFlowReader } from './services/flows/flow-reader.ts'
import { createFlows } from './services/flows/flows.ts'
import { recentDocuments } from './services/flows/recent-documents.ts'
import { createHistory } from './services/history.ts'
import { createLimits } from './services/limits.ts'
import { keepWithinPolicy, typesFolder } from './services/retention.ts'
import { createCacheDecisions } from './services/runs/cache-decisions.ts'
import { engineWorld } from './services/runs/engine-world.ts'
import type { JobRunner } from './services/runs/jobs.ts'
import { keepHouse } from './services/runs/housekeeping.ts'
import { createLiveRuns, type LiveRuns } from './services/runs/live-runs.ts'
import { previewTable } from './services/runs/preview.ts'
import { createPrepare, type Prepare } from './services/runs/prepare.ts'
import { blockReferencesIn } from './services/runs/block-references.ts'
import { explainIn } from './services/runs/explain.ts'
import { createScopes } from './services/runs/scopes.ts'
import { folderOf } from './services/runs/run-folders.ts'
import { createRuns } from './services/runs/runs.ts'
import { subflowsOf } from './services/runs/subflows.ts'
import { watchRun } from './services/runs/watch-run.ts'
import { createSecrets } from './services/secrets.ts'
import type { Services } from './services/services.ts'
import { timeOrderedId } from './services/time-ordered-id.ts'
import { version } from './version.ts'
import type { Home } from './world/home/home.ts'
import { openHome } from './world/home/open-home.ts'
import { createMasker } from './world/masking/masker.ts'
import { cleanEnvironment } from './world/processes/clean-environment.ts'
import { killByCookie } from './world/processes/kill-by-cookie.ts'
import { noSecrets } from './world/secrets/no-secrets.ts'
import { openVault } from './world/vault/vault.ts'
import { forkNode } from './world/workers/forked-process.ts'
import { createInlineRunner } from './world/workers/inline-runner.ts'
import type { Ask, Question, Questions } from './world/workers/messages.ts'
import { clearingSpill, clearSpill } from './world/workers/spill.ts'
import { tableBudgetEnvironment } from './world/workers/table-budget.ts'
import { createWorkerPool, type WorkerPool } from './world/workers/worker-pool.ts'

/** An engine that owns a home: in this process, and listening for others. */
export type Engine = {
  readonly client: EngineClient
  /** Names of the flow runs that have not ended. */
  activeFlowRuns(): readonly string[]
  cancelAll(): Promise<void>
  /** The state in which a flow run ends. */
  ended(flowRun: string): Promise<State>
  /** Resolves when no flow run is active and no client is connected. */
  idle(): Promise<void>
  /** Stops what runs, marks it Crashed, and gives the home free. */
  close(): Promise<void>
}

export type EngineOptions = {
  /** The home's folder. */
  readonly home: string
  /** Of the vault, or null: then it is locked until somebody unlocks it. */
  readonly passphrase: string | null
  /** What settings and processes are taken from; default this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Ends an engine that holds the home and hangs; see openHome. */
  readonly takeOver?: boolean
  /** The types that flows may use, and the program of the worker processes that know them; default all of Millrace's. */
  readonly types?: { readonly catalogue: Catalogue; readonly workerEntry: string }
  /** A bug that a client only sees as such. */
  onBug(error: unknown): void
  /** Told why nothing can be stored, so that runs wait, and null when it can be again. */
  onStalled?(reason: string | null): void
  /** Told when another engine has taken the home over: nothing can be stored any more, and this process must end. */
  onLost?(): void
}

export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const { takeOver = false } = options
  const home = await openHome(options.home, { version, takeOver, migrations: path.join(resources, 'migrations') })
  try {
    await killByCookie(home.id)
    await clearSpill(spillOf(home))
    return await startEngine(home, options)
  } catch (error) {
    home.close()
    throw error
  }
}

const standardTypes = { catalogue: standardCatalogue, workerEntry: standardWorkerEntry }

type Base = ReturnType<typeof baseOf>

const clock = { now: Date.now, random: Math.random, newId: () => timeOrderedId(Date.now(), randomUUID()) }

/** What needs no engine: settings, secrets, blocks, flows. */
const baseOf = (home: Home, { passphrase, environment = process.env, types = standardTypes }: EngineOptions) => {
  const { catalogue } = types
  const masker = createMasker()
  const config = createConfig(home.store.config, environment)
  const vault = openVault({ path: path.join(home.dir, 'secrets.vault'), passphrase })
  const { secrets, service } = createSecrets({ config, vault, none: noSecrets() })
  const blocks = blocksService({ home, catalogue, store: home.store.blocks, secrets, masker, ...clock })
  const library = path.join(home.dir, 'flows')
  const store = { ...home.store, document: recentDocuments((hash) => home.store.document(hash)) }
  const reader = createFlowReader({ catalogue, store, library })
  const flows = createFlows({ reader, catalogue, store, library, ...clock })
  return { home, store, masker, config, secrets: service, blocks, library, reader, flows, environment, ...types }
}

const startEngine = async (home: Home, options: EngineOptions): Promise<Engine> => {
  const base = baseOf(home, options)
  await base.blocks.createDefaults()
  await base.blocks.reconcile()
  const pool = openPool(base)
  const { services, driver, live } = servicesOf(base, { pool, stalled: (reason) => options.onStalled?.(reason) })
  const unfinished = home.store.unfinished().map(({ id }) => id)
  await driver.recover(unfinished, 'The engine that ran it died. Resume goes on with what was not completed.')
  const router = createRouter(services, options.onBug)
  const listener = await listen(router, home.socketPath)
  const policy = keepWithinPolicy({ store: home.store, logs: home.logs, home: home.dir, config: base.config, ...clock })
  home.lost.addEventListener('abort', () => void pool.close().then(() => options.onLost?.()), { once: true })
  const house = keepHouse({ home: home.dir, store: home.store, live })
  const close = async () => {
    // First of all, so that nobody becomes a client of an engine that is about to end.
    await listener.close()
    await policy.stop()
    await driver.shutdown('The engine was stopped.')
    await pool.close()
    await clearSpill(spillOf(home))
    await house.stop()
    home.close()
  }
  return {
    client: createRouterClient(router),
    activeFlowRuns: () => driver.active().map((id) => home.store.flowRun(id)?.name ?? id),
    cancelAll: async () => void (await Promise.allSettled(driver.active().map((id) => driver.cancel(id)))),
    ended: (flowRun) => driver.whenEnded(flowRun),
    idle: () => idle(driver, live, listener),
    close,
  }
}

/** A paused run keeps nobody waiting: it stays paused until a later engine resumes it. */
const idle = async (driver: Driver, live: LiveRuns, listener: Listener): Promise<void> => {
  const isBusy = () => driver.active().some((id) => driver.view(id)?.flowRun.state.name !== 'Paused')
  while (isBusy() || listener.clients() > 0) {
    await new Promise<void>((resolve) => {
      const stop = live.subscribe((changes) => {
        if (changes.some(({ kind }) => kind === 'flow-run')) done()
      })
      const done = () => {
        stop()
        resolve()
      }
      void listener.left().then(done)
    })
  }
}

const spillOf = ({ dir }: Pick<Home, 'dir'>): string => path.join(dir, 'spill')

const openPool = ({ home, masker, config, blocks, environment, workerEntry }: Base): WorkerPool =>
  createWorkerPool({
    fork: clearingSpill(forkNode({ entry: workerEntry }), spillOf(home)),
    size: config.number('concurrency'),
    homeId: home.id,
    env: {
      ...cleanEnvironment(environment),
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
      const { type, settings } = await blocks.resolve(reference)
      return { type, settings, home: home.dir }
    },
    secret: ({ reference }) => blocks.readSecret(reference),
  }
  return (question, about) => answers[question](about)
}

type Running = { readonly pool: WorkerPool; stalled(reason: string | null): void }

const servicesOf = (base: Base, { pool, stalled }: Running): { services: Services; driver: Driver; live: LiveRuns } => {
  const { home, store, config, blocks, reader, flows, library, catalogue } = base
  const { logs } = home
  const live = createLiveRuns()
  const runners: { worker: JobRunner; inline: JobRunner } = {
    worker: pool,
    inline: createInlineRunner({ catalogue, masker: base.masker, flows: (job) => subflows(job) }),
  }
  const driver: Driver = createDriver(
    engineWorld({
      home: home.dir,
      catalogue,
      store,
      logs,
      live,
      runners,
      mask: (text) => base.masker.mask(text),
      flowFolder: (flowRun) => folderOf(flowRun, library),
      prepare: prepareOf(base),
      driver: () => driver,
      stalled,
    }),
  )
  driver.setLimit('process', config.number('concurrency'))
  const runs = createRuns({ driver, engine: store, store, reader, library, ...clock })
  const subflows = subflowsOf({ driver, store, runs })
  const services: Services = {
    config,
    secrets: unlocking(base),
    flows,
    runs,
    blocks,
    history: createHistory({ store, logs, home: home.dir, ...clock }),
    limits: createLimits({ driver, store }),
    report: () => reportOf(home),
    watch: (request, signal) =>
      watchRun({ store, logs, live }, { ...request, flowRun: store.findFlowRun(request.flowRun).id }, signal),
    explain: explainIn({ catalogue, store, engine: store, scopes: createScopes(blockFacts(base)) }),
    preview: previewTable({ home: home.dir, store, workers: pool, ...clock }),
  }
  return { services, driver, live }
}

const prepareOf = (base: Base): Prepare => {
  const { catalogue, blocks, store, library } = base
  const cache = createCacheDecisions({
    store,
    now: clock.now,
    blockVersions: (settings) => blockVersions(blocks, settings),
    flowFolder: ({ flowRun }) => folderOf(flowRun, library),
  })
  return createPrepare({ catalogue, blocks: blockFacts(base), cache })
}

const reportOf = ({ dir }: Home) => ({
  millrace: version,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
  home: dir,
})

/** What an earlier engine could not delete while the vault was locked goes when it is unlocked. */
const unlocking = ({ secrets, blocks }: Base): Services['secrets'] => ({
  ...secrets,
  unlock: async (passphrase) => {
    await secrets.unlock(passphrase)
    await blocks.reconcile()
  },
})

const blockFacts = ({ home, blocks, catalogue }: Base) => ({
  settings: async (reference: string) => (await blocks.resolve(reference)).settings,
  limits: async (references: readonly string[]) => {
    const resolved = await Promise.all(references.map((reference) => blocks.resolve(reference)))
    return resolved.flatMap(({ type, settings }) => {
      const name = catalogue.blocks.get(type)?.exclusive?.(settings, { home: home.dir })
      return name === undefined ? [] : [{ name, capacity: 1 }]
    })
  },
})

const blockVersions = async (blocks: BlocksService, settings: JsonValue): Promise<JsonValue> => {
  const references = blockReferencesIn(settings)
  const resolved = await Promise.all(references.map((reference) => blocks.resolve(reference)))
  return resolved.map(({ id, settings: inner, secretVersions }) => ({ id, settings: inner, secretVersions }))
}
