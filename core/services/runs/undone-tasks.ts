import { mentionsOf } from '#core/flow/mentions.ts'
import type { FlowDocument, TaskDocument } from '#core/model/flow-document.ts'
import type { FlowRun, TaskRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { ParameterValues } from '#core/model/parameter.ts'
import { stateType } from '#core/model/state.ts'
import type { StateStore } from '#core/model/store.ts'
import { areThere } from './cache-decisions.ts'

export type RestRequest = {
  readonly document: FlowDocument
  readonly parameters: ParameterValues
  /** The run that left something undone. */
  readonly former: FlowRun
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/** What a task does; how often it is tried and the like do not make its result another. */
const workOf = ({ type, inputs, mentions, with: settings, forEach, as, when, disabled }: TaskDocument) => ({
  type,
  inputs,
  mentions,
  settings,
  forEach,
  as,
  when,
  disabled,
})

/** Tasks that did not complete in a former run, whose results are gone, or that would now do something else. */
export const undoneTasks = (
  store: Pick<StateStore, 'taskRuns' | 'document'>,
  { document, parameters, former }: RestRequest,
): readonly string[] => {
  const before = store.document(former.document)?.document
  const tasksBefore = new Map(before?.tasks.map((task) => [task.id, task]))
  const runs = Map.groupBy(store.taskRuns(former.id), ({ task }) => task)
  const changed = changedNames(document, parameters, { variables: before?.variables ?? {}, values: former.parameters })
  const isDone = (task: TaskDocument): boolean => {
    const known = tasksBefore.get(task.id)
    return (
      known !== undefined &&
      same(workOf(known), workOf(task)) &&
      isComplete(runs.get(task.id) ?? []) &&
      !namesIn(task).some((name) => changed.has(name))
    )
  }
  return document.tasks.filter((task) => !isDone(task)).map(({ id }) => id)
}

const isComplete = (runs: readonly TaskRun[]): boolean =>
  runs.length > 0 && runs.every(({ state, outputs }) => stateType(state) === 'COMPLETED' && areThere(outputs))

const namesIn = ({ with: settings, when, cache, forEach }: TaskDocument): readonly string[] =>
  mentionsOf([settings, when, cache?.key ?? null, forEach?.kind === 'items' ? forEach.items : null]).names

type Before = { readonly variables: Readonly<Record<string, JsonValue>>; readonly values: ParameterValues }

/** Parameters that have another value, and variables that follow from them or were written anew. */
const changedNames = (document: FlowDocument, parameters: ParameterValues, before: Before): ReadonlySet<string> => {
  const changed = new Set(Object.keys(parameters).filter((name) => !same(parameters[name], before.values[name])))
  for (const [name, written] of Object.entries(document.variables)) {
    const follows = mentionsOf(written).names.some((one) => changed.has(one))
    if (follows || !same(written, before.variables[name])) changed.add(name)
  }
  return changed
}

/** What was asked of a former run, where that was not just what its flow said by default. */
export const askedOf = (
  store: Pick<StateStore, 'document'>,
  former: FlowRun,
  document: FlowDocument,
): ParameterValues => {
  const defaults = store.document(former.document)?.document.parameters ?? {}
  const asked = Object.entries(former.parameters).filter(
    ([name, value]) => Object.hasOwn(document.parameters, name) && !same(value, defaults[name]?.default),
  )
  return Object.fromEntries(asked)
}
