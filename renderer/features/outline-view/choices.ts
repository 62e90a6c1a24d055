import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { candidatesFor, whyNot } from '#renderer/canvas/connections.ts'
import { connectJoint } from '#renderer/canvas/connect.ts'
import { freePlace, gap, nodeSize, placeOf } from '#renderer/canvas/layout.ts'
import { makeEdit } from '#renderer/canvas/make-edit.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { addOrder, addTask, fittingInput } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { taskOf, type Outline } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import { searchTypes } from '#renderer/stores/type-search.ts'
import type { Asking } from './outline-store.ts'

export type Choice = {
  readonly id: string
  readonly title: string
  readonly detail: string
  readonly take: (engine: Engine) => Promise<boolean>
}

type Types = ReadonlyMap<string, TaskTypeSummary>

/** The output of a task that a new task of this type could take. */
const fittingOf = (outline: Outline, types: Types, { task, type }: { task: string | null; type: TaskTypeSummary }) => {
  const outputs = Object.entries(types.get(taskOf(outline, task ?? '')?.type ?? '')?.outputs ?? {})
  const found = outputs.find(([, { kind }]) => fittingInput(type, kind) !== null)
  return task !== null && found ? { task, output: found[0], kind: found[1].kind } : null
}

const add = (after: string | null, type: TaskTypeSummary) => (engine: Engine) => {
  const { outline } = useFlow.getState()
  const from = fittingOf(outline, useSession.getState().taskTypes, { task: after, type })
  const other = outline.tasks.find(({ id }) => id === after) ?? outline.tasks.at(-1)
  const [x, y] = other ? placeOf(outline, other) : [-nodeSize.width - gap.x, 0]
  const position = freePlace(outline, [x + nodeSize.width + gap.x, y])
  return makeEdit(engine, addTask(outline, { type, position, ...(from && { from }) }))
}

const toAdd = (outline: Outline, types: Types, { text, after }: { text: string; after: string | null }) =>
  searchTypes(types.values(), text).map((type): Choice => {
    const from = fittingOf(outline, types, { task: after, type })
    return {
      id: type.type,
      title: type.title,
      detail: from ? `takes ${from.task}.${from.output}` : '',
      take: add(after, type),
    }
  })

const toTake = (
  outline: Outline,
  types: Types,
  { task: to, port }: { task: string; port: string },
): readonly Choice[] =>
  outline.tasks.flatMap(({ id, type }) =>
    Object.entries(types.get(type)?.outputs ?? {}).flatMap(([output, { title }]) => {
      const joint = { task: id, output, to, port }
      if (whyNot(outline, types, joint) !== null) return []
      return [
        {
          id: `${id}.${output}`,
          title: `${id}.${output}`,
          detail: title,
          take: (engine: Engine) => connectJoint(engine, joint),
        },
      ]
    }),
  )

const toGive = (
  outline: Outline,
  types: Types,
  { task, port }: { task: string; port: string | null },
): readonly Choice[] =>
  candidatesFor(outline, types, task)
    .filter((candidate) =>
      candidate.kind === 'data' ? port === null || candidate.joint.output === port : port === null,
    )
    .map((candidate) => ({
      id: JSON.stringify(candidate),
      title: candidate.title,
      detail: candidate.kind === 'data' && candidate.taken ? 'replaces' : '',
      take: (engine: Engine) =>
        candidate.kind === 'data'
          ? connectJoint(engine, candidate.joint)
          : makeEdit(engine, addOrder(useFlow.getState().outline, candidate)),
    }))

const mostShown = 100

/** What can be chosen for what is asked, as far as the typed words fit. */
export const choicesFor = (
  asking: Exclude<Asking, { what: 'rename' }>,
  { outline, types, text, after }: { outline: Outline; types: Types; text: string; after: string | null },
): readonly Choice[] => {
  if (asking.what === 'add') return toAdd(outline, types, { text, after }).slice(0, mostShown)
  const all = asking.what === 'take' ? toTake(outline, types, asking) : toGive(outline, types, asking)
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word))).slice(0, mostShown)
}
