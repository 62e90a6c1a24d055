import { notifications } from '@mantine/notifications'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Edit } from '#renderer/stores/edits.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import { selectTasks } from '#renderer/stores/selection.ts'

/** Makes an edit and selects what it added. False, with the reason shown, when it was refused. */
export const makeEdit = async (engine: Engine, { label, operation, added }: Edit): Promise<boolean> => {
  if (operation.kind === 'batch' && operation.operations.length === 0) return false
  const made = await changeFlow(engine, label, operation)
  if (made && added.length > 0) selectTasks(added)
  if (!made) sayRefused(label)
  return made
}

export const sayRefused = (label: string): void => {
  const { refused } = useFlow.getState()
  if (refused) notifications.show({ title: `${label} was not done`, message: refused.message, color: 'red' })
}
