import { create } from 'zustand'
import type { FlowTouches } from '#core/model/flow-library.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { goTo } from './navigation.ts'
import { useSession } from './session.ts'

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

/** Of runs that are to be run again, the name of the first flow that was imported and that nobody has looked at. */
const unknownFlow = async (engine: Engine, runs: readonly FlowRun[]): Promise<string | null> => {
  const { home } = useSession.getState().version ?? { home: '' }
  const names = runs.flatMap(({ flow, file }) => (file === `${home}/flows/${flow}.yaml` ? [flow] : []))
  for (const name of new Set(names)) {
    const touches = await engine.client.flows.touches({ source: { from: 'library', name } }).catch(() => null)
    if (touches?.imported) return name
  }
  return null
}

/** Goes to the flow that has to be looked at before any of the runs is run again. False where there is none. */
export const lookFirst = async (engine: Engine, runs: readonly FlowRun[]): Promise<boolean> => {
  const name = await unknownFlow(engine, runs)
  if (name === null) return false
  goTo({ page: 'flow', name })
  return true
}

/** Whether the flow has to be looked at before it runs; then it is asked for. */
export const mustBeLookedAt = (): boolean => {
  if (useImported.getState().touches === null) return false
  useImported.setState({ asked: true })
  return true
}
