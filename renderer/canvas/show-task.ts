import { useFlow } from '#renderer/stores/flow.ts'
import { taskOf } from '#renderer/stores/outline.ts'
import { selectTasks, useSelection } from '#renderer/stores/selection.ts'
import { placeOf } from './layout.ts'
import { reveal } from './view.ts'

/** Selects a task and brings it into view. */
export const showTask = (id: string): void => {
  const { outline } = useFlow.getState()
  const task = taskOf(outline, id)
  if (!task) return
  selectTasks([id])
  reveal(placeOf(outline, task))
}

/** For a canvas that is there only now: what was selected before it was is seen. */
export const showSelected = (): void => {
  const [task] = useSelection.getState().tasks
  if (task !== undefined) showTask(task)
}
