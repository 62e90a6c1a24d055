import { hookNames, type FlowDocument } from '#core/model/flow-document.ts'
import type { TaskRun } from '#core/model/flow-run.ts'

/** As people read the flow: in the order of its document, the items of a mapped task after it, hooks last. */
export const inDocumentOrder = <T extends Pick<TaskRun, 'task' | 'item'>>(
  taskRuns: readonly T[],
  { tasks, hooks }: Pick<FlowDocument, 'tasks' | 'hooks'>,
): readonly T[] => {
  const ids = [...tasks, ...hookNames.flatMap((hook) => hooks[hook])].map(({ id }) => id)
  const places = new Map(ids.map((id, place) => [id, place]))
  const placeOf = ({ task }: T): number => places.get(task) ?? ids.length
  return taskRuns.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.item ?? -1) - (b.item ?? -1))
}
