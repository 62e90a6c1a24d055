import type { Engine } from '#renderer/rpc/engine.ts'
import type { Edit } from '#renderer/stores/edits.ts'
import { changeFlow } from '#renderer/stores/flow.ts'
import { selectTasks } from '#renderer/stores/selection.ts'

/** Makes an edit and selects what it added. False when it was refused; the page says why. */
export const makeEdit = async (engine: Engine, { label, operation, added }: Edit): Promise<boolean> => {
  if (operation.kind === 'batch' && operation.operations.length === 0) return false
  const made = await changeFlow(engine, label, operation)
  if (made && added.length > 0) selectTasks(added)
  return made
}
