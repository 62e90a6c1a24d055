import path from 'node:path'
import { parseParameters } from '#core/flow/parameters.ts'
import type { Driver, EngineStore } from '#core/engine/ports.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument } from '#core/model/flow-document.ts'
import type { FlowSource } from '#core/model/flow-library.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ParameterValues } from '#core/model/parameter.ts'
import type { PartOfFlow, PartPlan } from '#core/model/part-plan.ts'
import type { FlowRunDetail } from '#core/model/run-news.ts'
import { isTerminal, stateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import type { FlowReader, FlowText } from '../flows/flow-reader.ts'
import type { TouchesService } from '../flows/touches.ts'
import { areThere } from './cache-decisions.ts'
import { folderOf } from './run-folders.ts'
import { nameRun } from './run-names.ts'
import { choosePart, planPart } from './selection.ts'
import { inDocumentOrder } from './task-run-order.ts'
import { askedOf } from './undone-tasks.ts'

export type GivenParameters = {
  readonly values: Readonly<Record<string, JsonValue>>
  readonly texts: Readonly<Record<string, string>>
}

export type SubmitRequest = {
  readonly source: FlowSource
  readonly parameters: GivenParameters
  readonly selection: (PartOfFlow & { readonly reuse: string | null }) | null
  readonly submissionKey: string | null
  readonly tags: readonly string[]
}

/** A flow from elsewhere, or one that runs such a flow, is refused before somebody has looked at it. */
type TrustedOnly = { readonly trustedOnly: boolean }

export type AgainRequest = Pick<SubmitRequest, 'parameters' | 'selection'> & TrustedOnly & { readonly flowRun: string }

export type PlanPartRequest = Pick<SubmitRequest, 'source' | 'parameters'> & {
  readonly selection: NonNullable<SubmitRequest['selection']>
}

export type RunsService = {
  submit(request: SubmitRequest & TrustedOnly): Promise<FlowRun>
  /** A new run of the document that a former one ran. */
  again(request: AgainRequest): Promise<FlowRun>
  /** A subflow of a task run: made once, however often that is tried. */
  submitChild(request: SubmitRequest & { parent: { flowRun: string; taskRun: string } }): Promise<FlowRun>
  /** What running a part would do with each task. */
  planPart(request: PlanPartRequest): Promise<PartPlan>
  inspect(flowRun: string): FlowRunDetail
  /** Why a task run waits, in words; null when it does not. */
  waiting(flowRun: string, taskRun: string): string | null
  cancel(flowRun: string): Promise<FlowRun>
  cancelTask(flowRun: string, task: string): Promise<TaskRun>
  pause(flowRun: string): Promise<FlowRun>
  /** Goes on with a paused run, or with one that failed, crashed or was cancelled. */
  resume(flowRun: string): Promise<FlowRun>
  hold(flowRun: string, task: string): Promise<void>
  release(flowRun: string, task: string): Promise<void>
}

export type RunsWorld = {
  readonly driver: Driver
  readonly engine: Pick<EngineStore, 'load'>
  readonly store: StateStore
  readonly reader: FlowReader
  readonly touches: Pick<TouchesService, 'refuseUnknown'>
  /** `HOME/flows`. */
  readonly library: string
  now(): number
  random(): number
  newId(): string
}

export const createRuns = (world: RunsWorld): RunsService => {
  const { driver, store } = world
  const find = (text: string): FlowRun => store.findFlowRun(text)
  const once = createOnce(store)
  const afterwards = (id: string): FlowRun => store.flowRun(id) ?? find(id)

  const submitText = async (
    flow: FlowText,
    request: Omit<SubmitRequest, 'source'>,
    parent: FlowRun['parent'],
  ): Promise<FlowRun> => {
    const document = await world.reader.document(flow)
    const key = request.submissionKey
    return once(key === null ? null : { flow: document.name, key }, () =>
      submitNew({ flow, document, parent }, request),
    )
  }

  const submitNew = async (
    { flow, document, parent }: { flow: FlowText; document: FlowDocument; parent: FlowRun['parent'] },
    request: Omit<SubmitRequest, 'source'>,
  ): Promise<FlowRun> => {
    const { selection: part, ...rest } = request
    const parameters = checkedParameters(document, givenFor(world, document, request))
    const chosen = part && choosePart(world, { document, part, parameters })
    const flowRun = newFlowRun(world, flow, document, {
      ...rest,
      parameters,
      parent,
      selection: chosen?.selection ?? null,
    })
    const reused = chosen?.reused ?? []
    await driver.submit({ flowRun, document, reused })
    return afterwards(flowRun.id)
  }

  const textOf = (flowRun: FlowRun): FlowText => {
    const stored = store.document(flowRun.document)
    if (!stored)
      throw new Refused({ code: 'not-found', message: `The document of flow run “${flowRun.name}” is gone.` })
    return { text: stored.text, hash: stored.hash, file: flowRun.file, folder: folderOf(flowRun, world.library) }
  }

  return {
    submit: async (request) => {
      const flow = await world.reader.locate(request.source)
      if (request.trustedOnly) await world.touches.refuseUnknown(flow)
      if (isInLibrary(world, flow)) await keepVersion(world, flow)
      return submitText(flow, request, null)
    },
    submitChild: async (request) => submitText(await world.reader.locate(request.source), request, request.parent),
    again: async ({ flowRun, parameters, selection, trustedOnly }) => {
      const former = find(flowRun)
      if (trustedOnly) await refuseUnknown(world, former)
      const values = { ...former.parameters, ...parameters.values }
      const part = selection && { ...selection, reuse: selection.reuse ?? former.id }
      const request = {
        parameters: { values, texts: parameters.texts },
        selection: part,
        submissionKey: null,
        tags: former.tags,
      }
      return submitText(textOf(former), request, null)
    },
    planPart: async (request) => {
      const document = await world.reader.document(await world.reader.locate(request.source))
      const parameters = checkedParameters(document, givenFor(world, document, request))
      return planPart(world, { document, part: request.selection, parameters })
    },
    inspect: (id) => detailOf(world, find(id)),
    waiting: (id, key) => driver.view(find(id).id)?.taskRuns.find((run) => run.key === key)?.waiting ?? null,
    cancel: async (id) => {
      const flowRun = find(id)
      await driver.cancel(flowRun.id)
      return afterwards(flowRun.id)
    },
    cancelTask: async (id, task) => {
      const flowRun = find(id)
      await driver.cancelTask(flowRun.id, task)
      const taskRun = store.taskRun(flowRun.id, task)
      if (!taskRun)
        throw new Refused({ code: 'not-found', message: `Flow run “${flowRun.name}” has no task run “${task}”.` })
      return taskRun
    },
    pause: async (id) => {
      const flowRun = find(id)
      await driver.pause(flowRun.id)
      return afterwards(flowRun.id)
    },
    resume: async (id) => {
      const flowRun = find(id)
      if (isTerminal(flowRun.state)) {
        await driver.resume(flowRun.id, missingResults(store.taskRuns(flowRun.id)))
      } else await driver.unpause(flowRun.id)
      return afterwards(flowRun.id)
    },
    hold: (id, task) => driver.hold(find(id).id, task),
    release: (id, task) => driver.release(find(id).id, task),
  }
}

/** Its flow is looked at as it is now. One whose file is gone cannot be, and has run before. */
const refuseUnknown = async ({ reader, touches }: RunsWorld, { file }: FlowRun): Promise<void> => {
  if (file === null) return
  const flow = await reader.locate({ from: 'file', path: file, cwd: '/' }).catch(() => null)
  if (flow) await touches.refuseUnknown(flow)
}

const isInLibrary = ({ library }: RunsWorld, { file }: FlowText): boolean =>
  file !== null && path.dirname(file) === path.resolve(library) && file.endsWith('.yaml')

/** What a run ran can be gone back to. */
const keepVersion = async ({ reader, store, now }: RunsWorld, flow: FlowText): Promise<void> => {
  const document = await reader.document(flow)
  const { file, hash, text } = flow
  const [newest] = store.flowVersions(file ?? '')
  if (file === null || newest?.document === hash) return
  store.saveFlowVersion({ file, document: { hash, text, document }, savedAt: now() })
}

/** Of submissions of a flow with one key the first makes the flow run and the others get it, also while it is being made. */
const createOnce = (store: Pick<StateStore, 'flowRunBySubmissionKey'>) => {
  const underWay = new Map<string, Promise<FlowRun>>()
  return (asked: { flow: string; key: string } | null, submit: () => Promise<FlowRun>): Promise<FlowRun> => {
    if (asked === null) return submit()
    const known = store.flowRunBySubmissionKey(asked.flow, asked.key)
    if (known) return Promise.resolve(known)
    const place = JSON.stringify([asked.flow, asked.key])
    const submitted = underWay.get(place) ?? submit().finally(() => underWay.delete(place))
    underWay.set(place, submitted)
    return submitted
  }
}

type NewRun = Pick<FlowRun, 'parameters' | 'tags' | 'parent' | 'submissionKey' | 'selection'>

const newFlowRun = (world: RunsWorld, flow: FlowText, document: FlowDocument, request: NewRun): FlowRun => {
  const now = world.now()
  return {
    id: world.newId(),
    name: nameRun(world.random),
    flow: document.name,
    document: flow.hash,
    file: flow.file,
    parameters: request.parameters,
    tags: [...new Set([...document.tags, ...request.tags])],
    state: { name: 'Pending', at: now, message: null },
    createdAt: now,
    startedAt: null,
    endedAt: null,
    runCount: 0,
    parent: request.parent,
    submissionKey: request.submissionKey,
    selection: request.selection,
  }
}

/** The rest of a run is asked the same as the run was. */
const givenFor = (
  { store }: RunsWorld,
  document: FlowDocument,
  { parameters, selection }: Pick<SubmitRequest, 'parameters' | 'selection'>,
): GivenParameters => {
  if (selection?.mode !== 'rest' || selection.reuse === null) return parameters
  const asked = askedOf(store, store.findFlowRun(selection.reuse), document)
  return { ...parameters, values: { ...asked, ...parameters.values } }
}

const checkedParameters = (document: FlowDocument, given: GivenParameters): ParameterValues => {
  const { values, problems } = parseParameters(document.parameters, { ...given.values, ...given.texts })
  if (problems.length === 0) return values
  const list = problems.map(({ parameter, message, remedy }) => `  ${parameter}: ${message} ${remedy}`.trimEnd())
  throw new Refused({
    code: 'invalid',
    message: ['Validation of flow parameters failed with error:', ...list].join('\n'),
  })
}

/** Completed task runs whose results somebody deleted: they run again. */
const missingResults = (taskRuns: readonly TaskRun[]): readonly string[] =>
  taskRuns.filter((run) => stateType(run.state) === 'COMPLETED' && !areThere(run.outputs)).map(({ key }) => key)

const detailOf = ({ driver, store }: RunsWorld, flowRun: FlowRun): FlowRunDetail => {
  const live = driver.view(flowRun.id)
  const taskRuns = live ? live.taskRuns.map((run) => ({ ...run, flowRun: flowRun.id })) : store.taskRuns(flowRun.id)
  const document = store.document(flowRun.document)?.document
  const expected = store.history(flowRun.flow).medianDuration
  const started = flowRun.startedAt
  return {
    flowRun: live?.flowRun ?? flowRun,
    taskRuns: document ? inDocumentOrder(taskRuns, document) : taskRuns,
    children: store.children(flowRun.id),
    expectedEnd: isTerminal(flowRun.state) || started === null || expected === null ? null : started + expected,
  }
}
