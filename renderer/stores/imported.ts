import { create } from 'zustand'
import type { FlowTouches } from '#core/model/flow-library.ts'
import type { Engine } from '#renderer/rpc/engine.ts'

/** What the open flow touches, while it is an imported one that nobody has looked at. */
export type ImportedState = {
  readonly touches: FlowTouches | null
  /** Somebody wanted to run it. */
  readonly asked: boolean
}

export const useImported = create<ImportedState>(() => ({ touches: null, asked: false }))

export const readTouches = async (engine: Engine, name: string): Promise<void> => {
  const touches = await engine.client.flows.touches({ source: { from: 'library', name } }).catch(() => null)
  useImported.setState({ touches: touches?.imported ? touches : null })
}

export const forgetTouches = (): void => useImported.setState({ touches: null, asked: false })

export const trustFlow = async (engine: Engine, name: string): Promise<void> => {
  await engine.client.flows.trust({ name })
  forgetTouches()
}

/** Whether the flow has to be looked at before it runs; then it is asked for. */
export const mustBeLookedAt = (): boolean => {
  if (useImported.getState().touches === null) return false
  useImported.setState({ asked: true })
  return true
}
