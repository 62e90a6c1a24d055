import { implement, ORPCError } from '@orpc/server'
import { Refused } from '#core/model/failure.ts'
import type { Services } from '#core/services/services.ts'
import { contract } from './contract.ts'

/** What becomes of an error that a caller is told. */
type Crossing = (error: unknown) => unknown

export type RouterWorld = {
  /** Told of what is no refusal; the caller hears only that it was a bug. */
  onBug(error: unknown): void
  /** A refusal may quote what was pasted, or what a server said. */
  mask<T>(failure: T): T
}

/** Our refusals cross as data. */
const crossingOf =
  ({ onBug, mask }: RouterWorld): Crossing =>
  (error) => {
    if (error instanceof Refused) {
      const failure = mask(error.failure)
      return new ORPCError('refused', { message: failure.message, data: failure })
    }
    if (error instanceof ORPCError) return error
    if (error instanceof Error && error.name === 'AbortError') return error
    onBug(error)
    return error
  }

const done = { done: true } as const

const signalOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal

/** The contract over the services of an engine. */
export const createRouter = (services: Services, world: RouterWorld) => {
  const crossing = crossingOf(world)
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw crossing(error)
    }
  })
  return os.router({
    system: systemRouter(os, services),
    flows: flowsRouter(os, services, crossing),
    runs: runsRouter(os, services, crossing),
    blocks: blocksRouter(os, services, crossing),
    limits: limitsRouter(os, services),
    datasets: datasetsRouter(os, services),
  })
}

type Implementer = ReturnType<typeof implementer>
const implementer = () => implement(contract).use(({ next }) => next())

async function* guarded<T>(items: AsyncIterable<T>, crossing: Crossing): AsyncGenerator<T> {
  try {
    yield* items
  } catch (error) {
    throw crossing(error)
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
  secrets: system.secrets.handler(({ input }) => secrets.status(input.try)),
  unlockSecrets: system.unlockSecrets.handler(async ({ input }) => {
    await secrets.unlock(input.passphrase ?? null)
    return done
  }),
  passphraseWanted: system.passphraseWanted.handler(() => secrets.passphraseWanted()),
  chooseSecrets: system.chooseSecrets.handler(({ input }) => secrets.choose(input.place)),
  checkSecrets: system.checkSecrets.handler(() => secrets.check()),
  moveSecrets: system.moveSecrets.handler(({ input }) => secrets.move(input.to)),
  rotateVault: system.rotateVault.handler(async ({ input }) => {
    await secrets.rotate({ current: input.current ?? null, next: input.next })
    return done
  }),
})

const flowsRouter = (
  { flows: os }: Implementer,
  { flows, library, drafts, subflowEdits, taskTypes, evaluate, estimates, touches }: Services,
  crossing: Crossing,
) => ({
  taskTypes: os.taskTypes.handler(() => taskTypes()),
  open: os.open.handler(({ input }) => drafts.open(input.source)),
  edit: os.edit.handler(({ input }) => drafts.edit(input)),
  copyTasks: os.copyTasks.handler(({ input }) => drafts.copyTasks(input)),
  pasteTasks: os.pasteTasks.handler(({ input }) => drafts.pasteTasks(input)),
  extract: os.extract.handler(({ input }) => subflowEdits.extract(input)),
  inline: os.inline.handler(({ input }) => subflowEdits.inline(input)),
  writeBack: os.writeBack.handler(({ input }) => drafts.writeBack(input.file)),
  watch: os.watch.handler(({ input, signal }) => guarded(drafts.watch(input.file, signalOf(signal)), crossing)),
  evaluate: os.evaluate.handler(({ input }) => evaluate(input)),
  estimate: os.estimate.handler(({ input, signal }) => estimates.estimate(input, signalOf(signal))),
  create: os.create.handler(({ input }) => library.create(input)),
  duplicate: os.duplicate.handler(({ input }) => library.duplicate(input.name)),
  rename: os.rename.handler(({ input }) => library.rename(input.name, input.to)),
  starters: os.starters.handler(() => library.starters()),
  openStarter: os.openStarter.handler(({ input }) => library.openStarter(input.name)),
  saveVersion: os.saveVersion.handler(({ input }) => library.saveVersion(input.name)),
  versions: os.versions.handler(({ input }) => library.versions(input.name)),
  documentText: os.documentText.handler(({ input }) => library.documentText(input.document)),
  documentContent: os.documentContent.handler(({ input }) => library.documentContent(input.document)),
  compare: os.compare.handler(({ input }) => library.compare(input)),
  compareTexts: os.compareTexts.handler(({ input }) => library.compareTexts(input)),
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
  trust: os.trust.handler(async ({ input }) => {
    await touches.trust(input.source, input.fingerprint)
    return done
  }),
})

const runsRouter = (
  { runs: os }: Implementer,
  { runs, history, logPages, timeline, watch, watchList, explain, preview, profile }: Services,
  crossing: Crossing,
) => ({
  submit: os.submit.handler(({ input }) => runs.submit(input)),
  again: os.again.handler(({ input }) => runs.again(input)),
  planPart: os.planPart.handler(({ input }) => runs.planPart(input)),
  timeline: os.timeline.handler(({ input }) => timeline(input.flowRun)),
  waiting: os.waiting.handler(({ input }) => ({ reason: runs.waiting(input.flowRun, input.taskRun) })),
  list: os.list.handler(({ input }) => history.list(input)),
  page: os.page.handler(({ input }) => history.page(input)),
  inspect: os.inspect.handler(({ input }) => runs.inspect(input.flowRun)),
  watch: os.watch.handler(({ input, signal }) => guarded(watch(input, signalOf(signal)), crossing)),
  watchList: os.watchList.handler(({ signal }) => guarded(watchList(signalOf(signal)), crossing)),
  logPage: os.logPage.handler(({ input: { offset, limit, ...query } }) => logPages.page(query, { offset, limit })),
  watchLogs: os.watchLogs.handler(({ input, signal }) => guarded(logPages.watch(input, signalOf(signal)), crossing)),
  findInLog: os.findInLog.handler(({ input: { find, ...query }, signal }) =>
    guarded(logPages.find(query, find, signalOf(signal)), crossing),
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

const blocksRouter = ({ blocks: os }: Implementer, { blocks, looks }: Services, crossing: Crossing) => ({
  types: os.types.handler(() => blocks.types()),
  list: os.list.handler(() => blocks.list()),
  inspect: os.inspect.handler(({ input }) => blocks.inspect(input.block)),
  create: os.create.handler(({ input }) => blocks.create(input)),
  edit: os.edit.handler(({ input: { block, ...edit } }) => blocks.edit(block, edit)),
  uses: os.uses.handler(({ input }) => blocks.uses(input.block)),
  allUses: os.allUses.handler(() => blocks.allUses()),
  look: os.look.handler(({ input }) => blocks.look(input)),
  rename: os.rename.handler(({ input }) => blocks.rename(input.block, input.name)),
  duplicate: os.duplicate.handler(({ input }) => blocks.duplicate(input.block, input.name)),
  delete: os.delete.handler(async ({ input }) => {
    await blocks.delete(input.block, input.force)
    return done
  }),
  test: os.test.handler(({ input, signal }) =>
    guarded(blocks.test(input.block, { signal: signalOf(signal), write: input.write, create: input.create }), crossing),
  ),
  sendTest: os.sendTest.handler(({ input, signal }) => blocks.sendTest(input.block, signalOf(signal))),
  query: os.query.handler(({ input, signal }) => guarded(looks.query(input, signalOf(signal)), crossing)),
  browse: os.browse.handler(({ input, signal }) => looks.browse(input, signalOf(signal))),
  peek: os.peek.handler(({ input, signal }) => looks.peek(input, signalOf(signal))),
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
