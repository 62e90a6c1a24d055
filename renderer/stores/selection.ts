import { create } from 'zustand'

export type SelectionState = {
  /** Ids of selected tasks, in the order they were chosen. */
  readonly tasks: readonly string[]
  /** Ids of selected wires. */
  readonly wires: readonly string[]
  /** Selected notes and frames, as `note:id` and `frame:id`. */
  readonly marks: readonly string[]
}

const nothing: SelectionState = { tasks: [], wires: [], marks: [] }

export const useSelection = create<SelectionState>(() => nothing)

/** These tasks and nothing else. */
export const selectTasks = (tasks: readonly string[]): void => useSelection.setState({ ...nothing, tasks })

/** What is named, and nothing else. */
export const select = (selection: Partial<SelectionState>): void => useSelection.setState({ ...nothing, ...selection })
