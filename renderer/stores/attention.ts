import { create } from 'zustand'
import type { EditPath } from '#core/model/flow-edit.ts'
import { showTab } from './panels.ts'
import { selectTasks } from './selection.ts'

/** Where the person asked to be taken, until whoever shows that place has done so. */
export type AttentionState = {
  /** A field of the settings, named by its path in the flow. */
  readonly field: EditPath | null
  /** A place in the text of the flow, counted from 1. */
  readonly place: { readonly line: number; readonly column: number } | null
}

export const useAttention = create<AttentionState>(() => ({ field: null, place: null }))

/** Shows the settings of what the path is in, and goes to the field. */
export const goToField = (path: EditPath): void => {
  const [section, task] = path
  selectTasks(section === 'tasks' && typeof task === 'string' ? [task] : [])
  useAttention.setState({ field: path })
}

/** Shows the text of the flow, and goes to the line. */
export const goToLine = (line: number, column: number): void => {
  showTab('yaml')
  useAttention.setState({ place: { line, column } })
}

export const arrivedAtField = (): void => useAttention.setState({ field: null })
export const arrivedAtLine = (): void => useAttention.setState({ place: null })
