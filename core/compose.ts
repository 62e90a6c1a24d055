import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import type { EngineClient } from './api/client.ts'
import { acceptorOf, type Acceptor } from './api/accept.ts'
import { listen, type Listener } from './api/listen.ts'
import { createRouter } from './api/server.ts'
import { createDriver } from './engine/driver.ts'
import type { Driver } from './engine/ports.ts'
import type { State } from './model/state.ts'
import { resources } from './places.ts'
import { createHistory } from './services/history.ts'
import { createDatasets } from './services/datasets.ts'
import { createLimits } from './services/limits.ts'
import { createEstimates } from './services/estimates/estimates.ts'
import { createLooks, look } from './services/looks/looks.ts'
import { keepWithinPolicy } from './services/retention.ts'
import { afterTelling } from './services/runs/after-telling.ts'
import { engineWorld } from './services/runs/engine-world.ts'
import type { JobRunner } from './services/runs/jobs.ts'
import type { Flows } from './kinds/task-context.ts'
import type { Job } from './model/worker-job.ts'
import { keepHouse } from './services/runs/housekeeping.ts'
import { createLiveRuns, type LiveRuns } from './services/runs/live-runs.ts'
import { previewTable } from './services/runs/preview.ts'
import { profilesOf } from './services/profiles/profiles.ts'
import { explainIn } from './services/runs/explain.ts'
import { createScopes } from './services/runs/scopes.ts'
import { folderOf } from './services/runs/run-folders.ts'
import { createRuns } from './services/runs/runs.ts'
import { subflowsOf } from './services/runs/subflows.ts'
import { timelineOf } from './services/runs/timeline.ts'
import { createLogPages } from './services/runs/watch-logs.ts'
import { watchRun } from './services/runs/watch-run.ts'
import type { Services } from './services/services.ts'
import { version } from './version.ts'
import type { Home } from './world/home/home.ts'
import { openHome } from './world/home/open-home.ts'
import { killByCookie } from './world/processes/kill-by-cookie.ts'
import { createInlineRunner } from './world/workers/inline-runner.ts'
import { clearSpill } from './world/workers/spill.ts'
import { createLibrary } from './services/flows/library.ts'
import { evaluateIn } from './services/flows/evaluate-expression.ts'
import { createSubflowEdits } from './services/flows/subflow-edits.ts'
import { createTouches } from './services/flows/touches.ts'
import { describeTaskType } from './kinds/describe-task-type.ts'
import { watchActive } from './services/runs/watch-active.ts'
import { watchList } from './services/runs/watch-list.ts'
import {
  baseOf,
  blockFacts,
  clock,
  openPool,
  prepareOf,
  spillOf,
  type Base,
  type EngineOptions,
} from './compose-base.ts'

/** An engine that owns a home: in this process, and listening for others. */
export type Engine = {
  readonly client: EngineClient
  /** Makes a client of a connection that is open already: a browser's socket, a window's port. */
  readonly accept: Acceptor
  /** Names of the flow runs that have not ended, without those in `waitingForRetry`. */
  activeFlowRuns(): readonly string[]
  /** Names of the flow runs that an engine before left for their next try, and that nobody has asked for yet. */
  waitingForRetry(): readonly string[]
  cancelAll(): Promise<void>
  /** The state in which a flow run ends. */
  ended(flowRun: string): Promise<State>
  /** Resolves when no flow run is active and no client is connected. */
  idle(): Promise<void>
  /** Stops what runs, marks it Crashed, and gives the home free. */
  close(): Promise<void>
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

/** Milliseconds after which a start no longer waits for a keychain that hangs. */
const longestReconcile = 2000

const startEngine = async (home: Home, options: EngineOptions): Promise<Engine> => {
  const base = baseOf(home, options)
  await base.blocks.createDefaults()
  const onBug = (error: unknown) => options.onBug(maskedBug(error, base.masker))
  await base.blocks.followRenames()
  const reconciled = base.blocks.reconcile().catch(onBug)
  await Promise.race([reconciled, wait(longestReconcile, null, { ref: false })])
  const pool = openPool(base)
  const workers = afterTelling(pool, (flowRun) => {
    const telling = base.blocks.tellSecrets.tell(flowRun)
    // Both take a good part of a second.
    if (telling) pool.warm(1)
    return telling
  })
  const { services, driver, live } = servicesOf(base, { workers, stalled: (reason) => options.onStalled?.(reason) })
  watchActive(live, ({ names, ended }) => options.onActive?.(names, ended))
  const unfinished = home.store.unfinished().map(({ id }) => id)
  const died = 'The engine that ran it died. Resume goes on with what was not completed.'
  await driver.recover(unfinished, died, options.retries)
  const router = createRouter(services, { onBug, mask: (failure) => base.masker.maskJson(failure) })
  const accept = acceptorOf(router)
  const listener = await listen(accept, home.socketPath)
  const policy = keepWithinPolicy({
    store: home.store,
    logs: home.logs,
    home: home.dir,
    config: base.config,
    openFiles: base.drafts.files,
    ...clock,
  })
  home.lost.addEventListener('abort', () => void pool.close().then(() => options.onLost?.()), { once: true })
  const house = keepHouse({ home: home.dir, store: home.store, live })
  const close = async () => {
    // First of all, so that nobody becomes a client of an engine that is about to end.
    await listener.close()
    await driver.shutdown('The engine was stopped.')
    await pool.close()
    await clearSpill(spillOf(home))
    await house.stop()
    // Now that the results of the last runs are measured.
    await policy.stop()
    base.keychain.close()
    await reconciled
    home.close()
  }
  const nameOf = (id: string) => home.store.flowRun(id)?.name ?? id
  return {
    client: createRouterClient(router),
    accept,
    activeFlowRuns: () => goingOn(driver).map(nameOf),
    waitingForRetry: () => driver.withheld().map(nameOf),
    cancelAll: async () => void (await Promise.allSettled(goingOn(driver).map((id) => driver.cancel(id)))),
    ended: (flowRun) => driver.whenEnded(flowRun),
    idle: () => idle(driver, live, listener),
    close,
  }
}

/** A bug is printed; what a library says may quote what it was given. */
const maskedBug = (error: unknown, { mask }: Pick<Base['masker'], 'mask'>): unknown => {
  if (!(error instanceof Error)) return typeof error === 'string' ? mask(error) : error
  const masked = new Error(mask(error.message))
  masked.stack = mask(error.stack ?? error.message)
  return masked
}

const goingOn = (driver: Driver): readonly string[] => {
  const withheld = new Set(driver.withheld())
  return driver.active().filter((id) => !withheld.has(id))
}

/** A paused run keeps nobody waiting: it stays paused until a later engine resumes it, and so does one whose next try nobody asked for. */
const idle = async (driver: Driver, live: LiveRuns, listener: Listener): Promise<void> => {
  const isBusy = () => goingOn(driver).some((id) => driver.view(id)?.flowRun.state.name !== 'Paused')
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

type Running = { readonly workers: JobRunner; stalled(reason: string | null): void }

type Driving = { readonly driver: Driver; readonly live: LiveRuns }

/** The driver with all that it acts by. `subflows` follow from the runs, which need the driver first. */
const driverOf = (base: Base, { workers, stalled }: Running, subflows: (job: Job) => Flows): Driving => {
  const { home, store, config, library, catalogue, masker, blocks } = base
  const live = createLiveRuns()
  const inline = createInlineRunner({ catalogue, masker, flows: subflows })
  const driver: Driver = createDriver(
    engineWorld({
      home: home.dir,
      catalogue,
      store,
      logs: home.logs,
      live,
      runners: { worker: workers, inline: afterTelling(inline, blocks.tellSecrets.tell) },
      mask: (text) => masker.mask(text),
      flowFolder: (flowRun) => folderOf(flowRun, library),
      prepare: prepareOf(base),
      driver: () => driver,
      stalled,
    }),
  )
  driver.setLimit('process', config.number('concurrency'))
  return { driver, live }
}

const servicesOf = (base: Base, running: Running): Driving & { services: Services } => {
  const { home, store, config, blocks, reader, drafts, trust, flows, library, catalogue } = base
  const { logs } = home
  const { workers } = running
  const { driver, live } = driverOf(base, running, (job) => subflows(job))
  const touches = createTouches({ reader, catalogue, store, trust, library })
  const runs = createRuns({ driver, engine: store, store, reader, touches, library, ...clock })
  const subflows = subflowsOf({ driver, store, runs })
  const evaluate = evaluateIn({ drafts, catalogue, store, engine: store, blocks: blockFacts(base), ...clock })
  const services: Services = {
    config,
    secrets: base.secrets,
    flows,
    library: createLibrary({ reader, drafts, store, trust, library, resources, ...clock }),
    touches,
    drafts,
    subflowEdits: createSubflowEdits({ drafts, reader, catalogue, trust, library }),
    evaluate,
    estimates: estimatesOf(base, { workers, evaluate }),
    taskTypes: () => [...catalogue.tasks.values()].map(describeTaskType),
    watchList: (signal) => watchList(live, signal),
    runs,
    blocks,
    history: createHistory({ store, logs, home: home.dir, ...clock }),
    logPages: createLogPages({ store, logs }),
    looks: createLooks({
      workers,
      driver,
      home: home.dir,
      scratch: spillOf(home),
      limits: blockFacts(base).limits,
      reference: async (block) => (await blocks.inspect(block)).reference,
      ...clock,
    }),
    limits: createLimits({ driver, store }),
    datasets: createDatasets(store.datasets),
    report: () => reportOf(home),
    watch: (request, signal) =>
      watchRun(
        { store, logs, live, held: (id) => driver.view(id)?.held ?? [] },
        { ...request, flowRun: store.findFlowRun(request.flowRun).id },
        signal,
      ),
    timeline: timelineOf({ store, engine: store }),
    explain: explainIn({ catalogue, store, engine: store, scopes: createScopes(blockFacts(base)) }),
    preview: previewTable({ home: home.dir, store, workers, ...clock }),
    profile: profilesOf({ home: home.dir, store, engine: store, workers, ...clock }),
  }
  return { services, driver, live }
}

const estimatesOf = (
  { home, drafts, trust, catalogue, blocks }: Base,
  { workers, evaluate }: { workers: JobRunner; evaluate: Services['evaluate'] },
): Services['estimates'] =>
  createEstimates({
    drafts,
    catalogue,
    evaluate,
    isTrusted: trust.isTrusted,
    blockVersion: async (reference) => String((await blocks.inspect(reference)).updatedAt),
    look: (type, settings, signal) =>
      look({ workers, home: home.dir, scratch: spillOf(home), newId: clock.newId }, type, settings, signal),
    now: clock.now,
  })

const reportOf = ({ dir }: Home) => ({
  millrace: version,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
  home: dir,
})
