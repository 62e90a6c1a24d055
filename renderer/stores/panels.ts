import { create } from 'zustand'

/** Sizes in pixels; a panel that is closed keeps its size. Remembered for each flow. */
export type Panels = {
  readonly palette: { readonly open: boolean; readonly size: number }
  readonly settings: { readonly open: boolean; readonly size: number }
  readonly bottom: { readonly open: boolean; readonly size: number }
  readonly tab: string
}

export type PanelName = 'palette' | 'settings' | 'bottom'

const usual: Panels = {
  palette: { open: true, size: 220 },
  settings: { open: true, size: 340 },
  bottom: { open: true, size: 220 },
  tab: 'logs',
}

const limits: Readonly<Record<PanelName, readonly [number, number]>> = {
  palette: [160, 360],
  settings: [280, 560],
  bottom: [120, 640],
}

export const usePanels = create<Panels & { readonly flow: string }>(() => ({ ...usual, flow: '' }))

const keyOf = (flow: string) => `panels:${flow}`

const stored = (flow: string): Partial<Panels> => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(flow)) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

export const openPanels = (flow: string): void => usePanels.setState({ ...usual, ...stored(flow), flow })

const keep = (): void => {
  const { flow, ...panels } = usePanels.getState()
  localStorage.setItem(keyOf(flow), JSON.stringify(panels))
}

export const resizePanel = (name: PanelName, size: number): void => {
  const [least, most] = limits[name]
  usePanels.setState((panels) => ({
    [name]: { ...panels[name], size: Math.min(most, Math.max(least, Math.round(size))) },
  }))
  keep()
}

export const togglePanel = (name: PanelName): void => {
  usePanels.setState((panels) => ({ [name]: { ...panels[name], open: !panels[name].open } }))
  keep()
}

/** Shows a tab of the bottom panel. */
export const showTab = (tab: string): void => {
  usePanels.setState(({ bottom }) => ({ tab, bottom: { ...bottom, open: true } }))
  keep()
}
