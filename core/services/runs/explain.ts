import { explainField } from '#core/flow/explain-field.ts'
import { unknownField } from '#core/flow/unknown-field.ts'
import type { EngineStore, PrepareRequest, TaskOutputs } from '#core/engine/ports.ts'
import type { Catalogue } from '#core/kinds/catalogue.ts'
import { didYouMean } from '#core/model/did-you-mean.ts'
import { Refused } from '#core/model/failure.ts'
import type { FieldExplanation } from '#core/model/field-explanation.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import { isTerminal } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { parseTaskRunKey } from '#core/model/task-run-key.ts'
import type { Scopes } from './scopes.ts'
import { itemValues } from './selection.ts'

export type ExplainRequest = {
  readonly flowRun: string
  readonly taskRun: string
  /** For example `['with', 'url']`. */
  readonly path: readonly (string | number)[]
}

export type ExplainWorld = {
  readonly catalogue: Pick<Catalogue, 'tasks' | 'blocks'>
  readonly store: Pick<StateStore, 'findFlowRun' | 'document' | 'taskRuns'>
  readonly engine: Pick<EngineStore, 'load'>
  readonly scopes: Scopes
}

/** What a field of a task run evaluates to, and from what, with the parameters and outputs of its flow run. */
export const explainIn =
  (world: ExplainWorld) =>
  async ({ flowRun: name, taskRun, path }: ExplainRequest): Promise<FieldExplanation> => {
    const flowRun = world.store.findFlowRun(name)
    const document = world.store.document(flowRun.document)?.document
    if (!document)
      throw new Refused({ code: 'not-found', message: `The document of flow run “${flowRun.name}” is gone.` })
    const key = parseTaskRunKey(taskRun)
    const task = taskOf(document, flowRun, key.task)
    const type = world.catalogue.tasks.get(task.type)
    if (!type) throw new Refused({ code: 'invalid', message: `There is no task type “${task.type}” in this version.` })
    const unknown = unknownField(task, type, path)
    if (unknown !== null) throw new Refused({ code: 'not-found', message: unknown })
    const values = key.item === null ? null : itemValues(world.engine, flowRun.id, task.id)
    const item = key.item === null ? null : { index: key.item, value: values?.[key.item] ?? null }
    const scope = await world.scopes({ flowRun, document, outputs: outputsIn(world, flowRun) }, { task, item })
    return explainField({ task, type, path, scope, blocks: world.catalogue.blocks })
  }

const taskOf = (document: FlowDocument, flowRun: FlowRun, id: string): TaskDocument => {
  const tasks = [...document.tasks, ...Object.values(document.hooks).flat()]
  const task = tasks.find((one) => one.id === id)
  if (task) return task
  const hint = didYouMean(
    id,
    tasks.map((one) => one.id),
  )
  throw new Refused({ code: 'not-found', message: `Flow run “${flowRun.name}” has no task “${id}”. ${hint}` })
}

/** The outputs of a task in a flow run; null for one that has not ended. */
export const outputsIn = (
  { store, engine }: Pick<ExplainWorld, 'engine'> & { readonly store: Pick<StateStore, 'taskRuns'> },
  flowRun: FlowRun,
): PrepareRequest['outputs'] => {
  const taskRuns = store.taskRuns(flowRun.id)
  return (task): TaskOutputs | null => {
    const runs = taskRuns.filter((run) => run.task === task && isTerminal(run.state))
    const [only] = runs
    if (!only) return null
    if (runs.every(({ items, item }) => items === null && item === null))
      return { kind: 'single', outputs: only.outputs }
    const values = itemValues(engine, flowRun.id, task) ?? []
    return { kind: 'items', items: values.map((value, index) => ({ value, outputs: outputsOfItem(runs, index) })) }
  }
}

const outputsOfItem = (runs: readonly TaskRun[], index: number): TaskRun['outputs'] | null =>
  runs.find(({ item }) => item === index)?.outputs ?? null
