import type { EngineStore } from '#core/engine/ports.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ParameterValues } from '#core/model/parameter.ts'
import type { PartFate, PartOfFlow, PartPlan } from '#core/model/part-plan.ts'
import type { ReusedTask } from '#core/model/run-event.ts'
import { stateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { areThere } from './cache-decisions.ts'
import { undoneTasks } from './undone-tasks.ts'

const upstreamOf = (task: TaskDocument): readonly string[] => [
  ...Object.values(task.inputs).flatMap((sources) => sources.map((source) => source.task)),
  ...task.after,
  ...task.mentions,
  ...(task.forEach?.kind === 'like' ? [task.forEach.task] : []),
]

const reach = (from: readonly string[], neighbours: ReadonlyMap<string, readonly string[]>): Set<string> => {
  const found = new Set(from)
  for (const id of found) for (const next of neighbours.get(id) ?? []) found.add(next)
  return found
}

/** Ids of the tasks that run, in the order of the document. */
const selectTasks = (world: PartWorld, { document, part, parameters }: PartRequest): readonly string[] => {
  const ids = document.tasks.map(({ id }) => id)
  const upstream = new Map(document.tasks.map((one) => [one.id, upstreamOf(one)]))
  if (part.mode === 'rest') {
    const undone = undoneTasks(world.store, { document, parameters, former: formerOf(world, document, part.reuse) })
    return inOrder(ids, reach(undone, downstreamOf(upstream)))
  }
  if (!ids.includes(part.task)) {
    throw new Refused({
      code: 'not-found',
      message: `The flow ${document.name} has no task “${part.task}”. ${didYouMean(part.task, ids)}`,
    })
  }
  if (part.mode === 'only') return [part.task]
  return inOrder(ids, reach([part.task], part.mode === 'to' ? upstream : downstreamOf(upstream)))
}

const inOrder = (ids: readonly string[], chosen: ReadonlySet<string>) => ids.filter((id) => chosen.has(id))

const downstreamOf = (upstream: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> => {
  const downstream = new Map<string, string[]>([...upstream.keys()].map((id) => [id, []]))
  for (const [id, above] of upstream) for (const one of above) downstream.get(one)?.push(id)
  return downstream
}

/** The run named, or the last one of the flow. */
const formerOf = ({ store }: PartWorld, document: FlowDocument, reuse: string | null): FlowRun => {
  const found = reuse === null ? store.flowRuns({ flow: document.name, limit: 1 })[0] : store.findFlowRun(reuse)
  if (found) return found
  throw new Refused({ code: 'conflict', message: `The flow ${document.name} has not run yet. Run all of it.` })
}

type Former = { readonly flowRun: FlowRun; readonly taskRuns: readonly TaskRun[] }

/** What tasks outside a selection give: the outputs they had in a former run, where these still exist. */
const reusedTasks = (
  document: FlowDocument,
  selected: readonly string[],
  former: Former | null,
  engine: Pick<EngineStore, 'load'>,
): readonly ReusedTask[] => {
  if (!former) return []
  const chosen = new Set(selected)
  return document.tasks.filter(({ id }) => !chosen.has(id)).flatMap((task) => reusedTask(task, former, engine))
}

const reusedTask = (
  task: TaskDocument,
  { flowRun, taskRuns }: Former,
  engine: Pick<EngineStore, 'load'>,
): readonly ReusedTask[] => {
  const runs = taskRuns.filter(
    (run) => run.task === task.id && stateType(run.state) === 'COMPLETED' && areThere(run.outputs),
  )
  if (task.forEach === null) {
    const [run] = runs
    return run ? [{ task: task.id, from: flowRun.id, outputs: run.outputs }] : []
  }
  const items = runs.filter(({ item }) => item !== null).toSorted((a, b) => (a.item ?? 0) - (b.item ?? 0))
  const values = itemValues(engine, flowRun.id, task.id)
  if (values?.length !== items.length) return []
  return [
    {
      task: task.id,
      from: flowRun.id,
      items: items.map((run, index) => ({ value: values[index] ?? null, outputs: run.outputs })),
    },
  ]
}

/** The tasks whose outputs a task takes: as inputs, in expressions, or item by item. */
const takenFrom = (task: TaskDocument): readonly string[] => {
  const after = new Set(task.after)
  return upstreamOf(task).filter((id) => !after.has(id))
}

type Choice = { readonly former: Former | null; readonly reused: readonly ReusedTask[] }
type Missing = { readonly task: string; readonly of: string }

/** A part of a flow that needs results nobody has would do its work on nothing. A task that was skipped leaves none. */
const missingFor = (
  { tasks }: FlowDocument,
  selected: readonly string[],
  { reused, former }: Choice,
): Missing | null => {
  const known = new Set([...selected, ...reused.map(({ task }) => task), ...skippedIn(former)])
  for (const task of tasks.filter(({ id }) => selected.includes(id))) {
    const missing = takenFrom(task).find((id) => !known.has(id))
    if (missing !== undefined) return { task: task.id, of: missing }
  }
  return null
}

const refusal = ({ task, of }: Missing, former: Former | null): Refused => {
  const why = former ? `flow run “${former.flowRun.name}” has kept nothing of it` : 'the flow has not run yet'
  return new Refused({
    code: 'conflict',
    message: `Task “${task}” takes what “${of}” makes, and ${why}. Run the whole flow, or --to ${task}.`,
  })
}

/** Tasks that a former run skipped for reasons of their own, and not since they were not selected. */
const skippedIn = (former: Former | null): readonly string[] => {
  const chosen = former?.flowRun.selection?.tasks
  const skipped = former?.taskRuns.filter(({ state }) => stateType(state) === 'SKIPPED').map(({ task }) => task) ?? []
  return chosen ? skipped.filter((task) => chosen.includes(task)) : skipped
}

/** How many former runs are looked at for results. */
const lookedAt = 20

export type PartWorld = {
  readonly store: Pick<StateStore, 'findFlowRun' | 'flowRuns' | 'taskRuns' | 'document'>
  readonly engine: Pick<EngineStore, 'load'>
}

export type PartRequest = {
  readonly document: FlowDocument
  readonly part: PartOfFlow & {
    /** The flow run whose results the other tasks reuse; null: the newest that has them. */
    readonly reuse: string | null
  }
  readonly parameters: ParameterValues
}

type Chosen = Choice & { readonly tasks: readonly string[]; readonly missing: Missing | null }

/** Which tasks run, and what the others give: the results of the newest run that has them, or of the run named. */
const choose = (world: PartWorld, request: PartRequest): Chosen => {
  const { store, engine } = world
  const { document, part } = request
  const tasks = selectTasks(world, request)
  const runs = candidates(world, document, part)
  const look = (flowRun: FlowRun | undefined) => {
    const former = flowRun ? { flowRun, taskRuns: store.taskRuns(flowRun.id) } : null
    const choice: Choice = { former, reused: reusedTasks(document, tasks, former, engine) }
    return { ...choice, tasks, missing: missingFor(document, tasks, choice) }
  }
  // One after the other: most often the newest has all that is needed, and nothing of the others is read.
  return (
    runs
      .values()
      .map(look)
      .find(({ missing }) => missing === null) ?? look(runs[0])
  )
}

const candidates = (world: PartWorld, document: FlowDocument, part: PartRequest['part']): readonly FlowRun[] => {
  if (part.mode === 'rest') return [formerOf(world, document, part.reuse)]
  return part.reuse === null
    ? world.store.flowRuns({ flow: document.name, limit: lookedAt })
    : [world.store.findFlowRun(part.reuse)]
}

/** Refuses where nobody has kept what is needed. */
export const choosePart = (
  world: PartWorld,
  request: PartRequest,
): { readonly selection: NonNullable<FlowRun['selection']>; readonly reused: readonly ReusedTask[] } => {
  const { tasks, former, reused, missing } = choose(world, request)
  if (missing) throw refusal(missing, former)
  return { selection: { tasks, reuse: former?.flowRun.id ?? null }, reused }
}

/** The same as data, before anything starts. */
export const planPart = (world: PartWorld, request: PartRequest): PartPlan => {
  const { tasks, former, reused, missing } = choose(world, request)
  const chosen = new Set(tasks)
  const given = new Set(reused.map(({ task }) => task))
  const skipped = new Set(skippedIn(former))
  const needed = new Set(request.document.tasks.filter(({ id }) => chosen.has(id)).flatMap(takenFrom))
  const fateOf = (id: string): PartFate => {
    if (chosen.has(id)) return 'runs'
    if (given.has(id)) return 'reused'
    return needed.has(id) && !skipped.has(id) ? 'missing' : 'left-out'
  }
  return {
    tasks: request.document.tasks.map(({ id }) => ({ task: id, fate: fateOf(id) })),
    reuse: former && { id: former.flowRun.id, name: former.flowRun.name, createdAt: former.flowRun.createdAt },
    refusal: missing && refusal(missing, former).message,
  }
}

/** The items a mapped task had, from the event that told them. */
export const itemValues = (
  engine: Pick<EngineStore, 'load'>,
  flowRun: string,
  task: string,
): readonly JsonValue[] | null => {
  for (const event of engine.load(flowRun)?.events.toReversed() ?? []) {
    if (event.kind !== 'prepared') continue
    const preparation = event.preparations[event.taskRuns.indexOf(task)]
    if (preparation?.kind === 'map') return preparation.items
  }
  return null
}
