import type { Engine } from '#renderer/rpc/engine.ts'
import type { Command } from '#renderer/stores/commands.ts'
import { bringIn, useFlow } from '#renderer/stores/flow.ts'
import { taskOf } from '#renderer/stores/outline.ts'
import { selectTasks, useSelection } from '#renderer/stores/selection.ts'
import { openTool } from './tools.ts'

const chosenSubflow = (): string | null => {
  const [task, second] = useSelection.getState().tasks
  const found = task === undefined ? undefined : taskOf(useFlow.getState().outline, task)
  return second === undefined && found?.type === 'flow.run' ? found.id : null
}

const bringChosenIn = async (engine: Engine): Promise<void> => {
  const task = chosenSubflow()
  if (task === null) return
  const before = new Set(useFlow.getState().outline.tasks.map(({ id }) => id))
  if (!(await bringIn(engine, task))) return
  selectTasks(useFlow.getState().outline.tasks.flatMap(({ id }) => (before.has(id) ? [] : [id])))
}

/** Tasks become a flow of their own, and come back. */
export const subflowCommands = (engine: Engine): readonly Command[] => [
  {
    id: 'task.extract',
    title: 'Extract to subflow…',
    group: 'Edit',
    keys: ['Mod+Shift+E'],
    disabled: () => (useSelection.getState().tasks.length === 0 ? 'No task is selected.' : null),
    run: () => openTool({ tool: 'extract', tasks: useSelection.getState().tasks }),
  },
  {
    id: 'task.bring-in',
    title: 'Bring the subflow back in',
    group: 'Edit',
    disabled: () => (chosenSubflow() === null ? 'Select a task that runs a flow.' : null),
    run: () => bringChosenIn(engine),
  },
]
