import { implement, ORPCError } from '@orpc/server'
import { Refused } from '#core/model/failure.ts'
import type { Services } from '#core/services/services.ts'
import { contract } from './contract.ts'

/** Our refusals cross as data; of anything else only that it was a bug, which `onBug` is told. */
const crossing = (error: unknown, onBug: (error: unknown) => void): unknown => {
  if (error instanceof Refused) return new ORPCError('refused', { message: error.failure.message, data: error.failure })
  if (error instanceof ORPCError) return error
  if (error instanceof Error && error.name === 'AbortError') return error
  onBug(error)
  return error
}

const done = { done: true } as const

const signalOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal

/** The contract over the services of an engine. */
export const createRouter = (services: Services, onBug: (error: unknown) => void) => {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw crossing(error, onBug)
    }
  })
  return os.router({
    system: systemRouter(os, services),
    flows: flowsRouter(os, services, onBug),
    runs: runsRouter(os, services, onBug),
    blocks: blocksRouter(os, services, onBug),
    limits: limitsRouter(os, services),
    datasets: datasetsRouter(os, services),
  })
}

type Implementer = ReturnType<typeof implementer>
const implementer = () => implement(contract).use(({ next }) => next())

async function* guarded<T>(items: AsyncIterable<T>, onBug: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    throw crossing(error, onBug)
  }
}

const systemRouter = ({ system }: Implementer, { config, secrets, report }: Services) => ({
  version: system.version.handler(() => report()),
  config: system.config.handler(() => config.view()),
  setConfig: system.setConfig.handler(({ input }) => {
    config.set(input.key, input.value)
    return done
  }),
  unsetConfig: system.unsetConfig.handler(({ input }) => {
    config.unset(input.key)
    return done
  }),
  secrets: system.secrets.handler(() => secrets.status()),
  unlockSecrets: system.unlockSecrets.handler(async ({ input }) => {
    await secrets.unlock(input.passphrase)
    return done
  }),
})

const flowsRouter = (
  { flows: os }: Implementer,
  { flows, library, drafts, taskTypes, evaluate, touches }: Services,
  onBug: (error: unknown) => void,
) => ({
  taskTypes: os.taskTypes.handler(() => taskTypes()),
  open: os.open.handler(({ input }) => drafts.open(input.source)),
  edit: os.edit.handler(({ input }) => drafts.edit(input)),
  copyTasks: os.copyTasks.handler(({ input }) => drafts.copyTasks(input)),
  pasteTasks: os.pasteTasks.handler(({ input }) => drafts.pasteTasks(input)),
  watch: os.watch.handler(({ input, signal }) => guarded(drafts.watch(input.file, signalOf(signal)), onBug)),
  evaluate: os.evaluate.handler(({ input }) => evaluate(input)),
  create: os.create.handler(({ input }) => library.create(input)),
  duplicate: os.duplicate.handler(({ input }) => library.duplicate(input.name)),
  rename: os.rename.handler(({ input }) => library.rename(input.name, input.to)),
  starters: os.starters.handler(() => library.starters()),
  openStarter: os.openStarter.handler(({ input }) => library.openStarter(input.name)),
  saveVersion: os.saveVersion.handler(({ input }) => library.saveVersion(input.name)),
  versions: os.versions.handler(({ input }) => library.versions(input.name)),
  documentText: os.documentText.handler(({ input }) => library.documentText(input.document)),
  compare: os.compare.handler(({ input }) => library.compare(input)),
  validate: os.validate.handler(({ input }) => flows.validate(input.source)),
  list: os.list.handler(() => flows.list()),
  inspect: os.inspect.handler(({ input }) => flows.inspect(input.source)),
  export: os.export.handler(({ input }) => flows.export(input.source, input.withSubflows)),
  import: os.import.handler(({ input }) => flows.import(input.text, input.overwrite)),
  delete: os.delete.handler(async ({ input }) => {
    await flows.delete(input.name)
    return done
  }),
  touches: os.touches.handler(({ input }) => touches.of(input.source)),
  trust: os.trust.handler(({ input }) => {
    touches.trust(input.name)
    return done
  }),
})

const runsRouter = (
  { runs: os }: Implementer,
  { runs, history, logPages, timeline, watch, watchList, explain, preview, profile }: Services,
  onBug: (error: unknown) => void,
) => ({
  submit: os.submit.handler(({ input }) => runs.submit(input)),
  again: os.again.handler(({ input }) => runs.again(input.flowRun, input.parameters, input.selection)),
  planPart: os.planPart.handler(({ input }) => runs.planPart(input)),
  timeline: os.timeline.handler(({ input }) => timeline(input.flowRun)),
  waiting: os.waiting.handler(({ input }) => ({ reason: runs.waiting(input.flowRun, input.taskRun) })),
  list: os.list.handler(({ input }) => history.list(input)),
  page: os.page.handler(({ input }) => history.page(input)),
  inspect: os.inspect.handler(({ input }) => runs.inspect(input.flowRun)),
  watch: os.watch.handler(({ input, signal }) => guarded(watch(input, signalOf(signal)), onBug)),
  watchList: os.watchList.handler(({ signal }) => guarded(watchList(signalOf(signal)), onBug)),
  logPage: os.logPage.handler(({ input: { offset, limit, ...query } }) => logPages.page(query, { offset, limit })),
  watchLogs: os.watchLogs.handler(({ input, signal }) => guarded(logPages.watch(input, signalOf(signal)), onBug)),
  findInLog: os.findInLog.handler(({ input: { find, ...query }, signal }) =>
    guarded(logPages.find(query, find, signalOf(signal)), onBug),
  ),
  logOffset: os.logOffset.handler(({ input: { seq, ...query } }) => logPages.offset(query, seq)),
  logs: os.logs.handler(({ input }) => history.logs(input)),
  cancel: os.cancel.handler(({ input }) => runs.cancel(input.flowRun)),
  cancelTask: os.cancelTask.handler(({ input }) => runs.cancelTask(input.flowRun, input.task)),
  pause: os.pause.handler(({ input }) => runs.pause(input.flowRun)),
  resume: os.resume.handler(({ input }) => runs.resume(input.flowRun)),
  hold: os.hold.handler(async ({ input }) => {
    await runs.hold(input.flowRun, input.task)
    return done
  }),
  release: os.release.handler(async ({ input }) => {
    await runs.release(input.flowRun, input.task)
    return done
  }),
  delete: os.delete.handler(async ({ input }) => {
    await history.delete(input.flowRun)
    return done
  }),
  deleteMany: os.deleteMany.handler(({ input }) => history.deleteMany(input.flowRuns)),
  restoreMany: os.restoreMany.handler(({ input }) => {
    history.restoreMany(input.flowRuns)
    return done
  }),
  history: os.history.handler(({ input }) => history.figures(input.flow)),
  explain: os.explain.handler(({ input }) => explain(input)),
  preview: os.preview.handler(({ input, signal }) => preview(input, signalOf(signal))),
  profile: os.profile.handler(({ input, signal }) => profile(input, signalOf(signal))),
  artifacts: os.artifacts.handler(({ input }) => history.artifacts(input.flowRun)),
  artifact: os.artifact.handler(({ input }) => history.artifact(input.flowRun, input.id)),
})

const blocksRouter = ({ blocks: os }: Implementer, { blocks }: Services, onBug: (error: unknown) => void) => ({
  types: os.types.handler(() => blocks.types()),
  list: os.list.handler(() => blocks.list()),
  inspect: os.inspect.handler(({ input }) => blocks.inspect(input.block)),
  create: os.create.handler(({ input }) => blocks.create(input)),
  edit: os.edit.handler(({ input: { block, ...edit } }) => blocks.edit(block, edit)),
  rename: os.rename.handler(({ input }) => blocks.rename(input.block, input.name)),
  duplicate: os.duplicate.handler(({ input }) => blocks.duplicate(input.block, input.name)),
  delete: os.delete.handler(async ({ input }) => {
    await blocks.delete(input.block)
    return done
  }),
  test: os.test.handler(({ input, signal }) => guarded(blocks.test(input.block, signalOf(signal)), onBug)),
  export: os.export.handler(async ({ input }) => ({
    text: await blocks.exportYaml(input.blocks),
  })),
  import: os.import.handler(({ input }) => blocks.importYaml(input.text)),
})

const limitsRouter = ({ limits: os }: Implementer, { limits }: Services) => ({
  list: os.list.handler(() => limits.list()),
  inspect: os.inspect.handler(({ input }) => limits.inspect(input.tag)),
  set: os.set.handler(({ input }) => limits.set(input.tag, input.limit)),
  delete: os.delete.handler(({ input }) => {
    limits.delete(input.tag)
    return done
  }),
})

const datasetsRouter = ({ datasets: os }: Implementer, { datasets }: Services) => ({
  list: os.list.handler(() => datasets.list()),
  inspect: os.inspect.handler(({ input }) => datasets.inspect(input.location)),
})
