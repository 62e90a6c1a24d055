import { create } from 'zustand'
import { showTab } from './panels.ts'
import { selectTasks, useSelection } from './selection.ts'

/** What of a task is looked at: one of its items, one of its outputs. Each where there are several. */
export type LookingState = {
  readonly task: string | null
  readonly item: number | null
  readonly output: string | null
}

const useLooking = create<LookingState>(() => ({ task: null, item: null, output: null }))

/** Selects a task run, so that every tab tells of it. */
export const lookAtTaskRun = (task: string, item: number | null): void => {
  selectTasks([task])
  useLooking.setState({ task, item, output: null })
}

export const lookAtOutput = (output: string): void => useLooking.setState({ output })

/** Opens the Data tab at what a task gave. */
export const showOutput = (task: string, output: string | null): void => {
  selectTasks([task])
  useLooking.setState({ task, item: null, output })
  showTab('data')
}

/** The one task that is selected, with what is looked at of it. */
export const useLookedAt = (): LookingState => {
  const task = useSelection((state) => (state.tasks.length === 1 ? (state.tasks[0] ?? null) : null))
  const looking = useLooking()
  return looking.task === task ? looking : { task, item: null, output: null }
}
