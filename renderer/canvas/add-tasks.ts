import type { EditOperation } from '#core/model/flow-edit.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { addTask, batch, fittingInput, fittingOutput, insertIntoWire, type Edit } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { taskOf, type Outline, type Position, type Wire } from '#renderer/stores/outline.ts'
import { useSession } from '#renderer/stores/session.ts'
import { kindOfEnd, type LooseEnd } from './connections.ts'
import { freePlace, nodeSize } from './layout.ts'
import { makeEdit } from './make-edit.ts'
import type { QuickAdd } from './tools.ts'
import { centre, reveal } from './view.ts'

/** So that the middle of the node comes there. */
const around = ([x, y]: Position): Position => [x - nodeSize.width / 2, y - nodeSize.height / 2]

const manyAt = (outline: Outline, task: string, port: string): boolean => {
  const type = useSession.getState().taskTypes.get(taskOf(outline, task)?.type ?? '')
  return type?.inputs[port]?.many ?? false
}

const addAtEnd = (
  outline: Outline,
  type: TaskTypeSummary,
  { position, end }: { position: Position; end: LooseEnd },
): Edit => {
  const kind = kindOfEnd(outline, useSession.getState().taskTypes, end) ?? ''
  if (end.side === 'output') return addTask(outline, { type, position, from: { ...end, kind } })
  const added = addTask(outline, { type, position })
  const [task = ''] = added.added
  const output = fittingOutput(type, kind)
  if (output === null) return added
  const many = manyAt(outline, end.task, end.port)
  const wire: EditOperation = { kind: 'connect', task: end.task, port: end.port, from: { task, output }, many }
  return { ...added, operation: batch([added.operation, wire]) }
}

/** What a wire carries. */
const kindOfWire = (outline: Outline, { from }: Wire): string | null =>
  kindOfEnd(outline, useSession.getState().taskTypes, { side: 'output', ...from })

const insert = (outline: Outline, type: TaskTypeSummary, wire: Wire): Edit | null => {
  const [from, to] = [taskOf(outline, wire.from.task), taskOf(outline, wire.to.task)]
  const kind = kindOfWire(outline, wire)
  if (!from || !to || kind === null || wire.to.port === null) return null
  const [[fx, fy], [tx, ty]] = [from.position ?? [0, 0], to.position ?? [0, 0]]
  const position = freePlace(outline, [(fx + tx) / 2, (fy + ty) / 2])
  return insertIntoWire(outline, { type, position, wire, kind, many: manyAt(outline, wire.to.task, wire.to.port) })
}

/** Whether a type can be wired with what was begun. */
export const fits = (type: TaskTypeSummary, wiring: QuickAdd['wiring']): boolean => {
  if (wiring === null) return true
  const { outline } = useFlow.getState()
  if (wiring.kind === 'wire') {
    const kind = kindOfWire(outline, wiring.wire) ?? ''
    return fittingInput(type, kind) !== null && fittingOutput(type, kind) !== null
  }
  const kind = kindOfEnd(outline, useSession.getState().taskTypes, wiring.end) ?? ''
  return wiring.end.side === 'output' ? fittingInput(type, kind) !== null : fittingOutput(type, kind) !== null
}

/** Adds what was found, wired as it was begun. */
export const addFound = (engine: Engine, type: TaskTypeSummary, { position, wiring }: QuickAdd): Promise<boolean> => {
  const { outline } = useFlow.getState()
  if (wiring?.kind === 'wire') {
    const edit = insert(outline, type, wiring.wire)
    return edit ? makeEdit(engine, edit) : Promise.resolve(false)
  }
  if (wiring === null)
    return makeEdit(engine, addTask(outline, { type, position: freePlace(outline, around(position)) }))
  // The end of the wire is where its port comes to.
  const x = wiring.end.side === 'output' ? position[0] : position[0] - nodeSize.width
  const place = freePlace(outline, [x, position[1] - nodeSize.height / 2])
  return makeEdit(engine, addAtEnd(outline, type, { position: place, end: wiring.end }))
}

/** Adds a task where there is room, in the middle of what is seen. */
export const addAtCentre = async (engine: Engine, name: string): Promise<void> => {
  const type = useSession.getState().taskTypes.get(name)
  if (!type) return
  const { outline } = useFlow.getState()
  const position = freePlace(outline, around(centre()))
  if (await makeEdit(engine, addTask(outline, { type, position }))) reveal(position)
}
