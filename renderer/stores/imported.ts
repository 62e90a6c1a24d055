import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { FlowTouches } from '#core/model/flow-library.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { goTo } from './navigation.ts'
import { useSession } from './session.ts'

/** What the open flow touches, while it, or one that it runs, came from elsewhere and nobody has looked at it. */
export type ImportedState = {
  readonly touches: FlowTouches | null
  /** Why that is not known, or could not be noted: then it is looked at before it runs all the same. */
  readonly failure: Failure | null
  /** Somebody wanted to run it. */
  readonly asked: boolean
}

const nothing: ImportedState = { touches: null, failure: null, asked: false }

export const useImported = create<ImportedState>(() => nothing)

const inFile = (file: string) => ({ from: 'file', path: file, cwd: '/' }) as const

/** An answer that comes after a later question is dropped. */
let asking = 0

export const readTouches = async (engine: Engine, file: string): Promise<void> => {
  const turn = (asking += 1)
  const answer = await engine.client.flows.touches({ source: inFile(file) }).then(
    (touches) => ({ touches: touches.trusted ? null : touches, failure: null }),
    (error: unknown) => ({ touches: null, failure: failureOfCall(error) }),
  )
  if (turn === asking) useImported.setState(answer)
}

export const forgetTouches = (): void => {
  asking += 1
  useImported.setState(nothing)
}

/** Somebody has looked at what is shown. False when it is something else by now, which is shown then. */
export const trustFlow = async (engine: Engine, file: string): Promise<boolean> => {
  const { touches } = useImported.getState()
  if (!touches) return false
  try {
    await engine.client.flows.trust({ source: inFile(file), fingerprint: touches.fingerprint })
    forgetTouches()
    return true
  } catch (error) {
    await readTouches(engine, file)
    useImported.setState({ failure: failureOfCall(error) })
    return false
  }
}

/** Of runs that are to be run again, the first whose flow came from elsewhere and that nobody has looked at. */
const unknownFlow = async (engine: Engine, runs: readonly FlowRun[]): Promise<FlowRun | null> => {
  const files = new Map(runs.flatMap((run) => (run.file === null ? [] : [[run.file, run] as const])))
  for (const [file, run] of files) {
    try {
      if (!(await engine.client.flows.touches({ source: inFile(file) })).trusted) return run
    } catch (error) {
      // What is gone cannot be looked at; what it was has run before.
      if (failureOfCall(error).code !== 'not-found') throw error
    }
  }
  return null
}

/** Goes to the flow that has to be looked at before any of the runs is run again. False where there is none. */
export const lookFirst = async (engine: Engine, runs: readonly FlowRun[]): Promise<boolean> => {
  const run = await unknownFlow(engine, runs)
  if (run?.file === undefined || run.file === null) return false
  const { home } = useSession.getState().version ?? { home: '' }
  const isInLibrary = run.file === `${home}/flows/${run.flow}.yaml`
  goTo(isInLibrary ? { page: 'flow', name: run.flow } : { page: 'file', path: run.file })
  return true
}

/** Whether the flow has to be looked at before it runs; then it is asked for. */
export const mustBeLookedAt = (): boolean => {
  const { touches, failure } = useImported.getState()
  if (touches === null && failure === null) return false
  useImported.setState({ asked: true })
  return true
}
