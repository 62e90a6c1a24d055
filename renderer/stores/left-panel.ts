import { create } from 'zustand'
import { usePanels, togglePanel } from './panels.ts'

/** What the panel at the left shows: task types to add, or the flow as a tree. */
export type LeftView = 'palette' | 'outline'

const key = 'left-panel'

export const useLeftPanel = create<{ readonly view: LeftView }>(() => ({
  view: localStorage.getItem(key) === 'outline' ? 'outline' : 'palette',
}))

export const showLeft = (view: LeftView): void => {
  localStorage.setItem(key, view)
  useLeftPanel.setState({ view })
  if (!usePanels.getState().palette.open) togglePanel('palette')
}
