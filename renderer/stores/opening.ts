import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host, OpenedFile } from '#renderer/rpc/host.ts'
import { goTo, usePlace } from './navigation.ts'

/** Why a file that was dropped or handed over could not be opened, until it is looked at. */
export const useOpening = create<{ readonly failure: Failure | null }>(() => ({ failure: null }))

const isFlowFile = (name: string): boolean => /\.(ya?ml|millrace)$/i.test(name)

/** Opens a flow where it lies, or takes its text into the library where nobody knows where it lies. */
const openFlowFile = async (engine: Engine, { path, text }: OpenedFile): Promise<void> => {
  if (path !== null) return goTo({ page: 'file', path })
  const { names } = await engine.client.flows.import({ text })
  if (names[0] !== undefined) goTo({ page: 'flow', name: names[0] })
}

/** Opens the flow among files that were dropped on the window. */
export const openDropped = async (engine: Engine, host: Host, files: readonly File[]): Promise<void> => {
  const flow = files.find(({ name }) => isFlowFile(name))
  const [first] = files
  if (!first) return
  try {
    if (flow) await openFlowFile(engine, await host.readDropped(flow))
    useOpening.setState({ failure: flow ? null : notAFlow(first.name) })
  } catch (error) {
    useOpening.setState({ failure: failureOfCall(error) })
  }
}

const notAFlow = (name: string): Failure => ({
  code: 'invalid',
  message: `${name} is no flow. Drop a YAML file of a flow here; data are read by a task, for example Read a table.`,
  retryable: false,
})

/** Opens what the system asks for, and remembers flow files that are opened. */
export const startOpening = (host: Host): void => {
  host.onOpenFile((path) => goTo({ page: 'file', path }))
  host.onOpenFlow((name) => goTo({ page: 'flow', name }))
  const note = () => {
    const { place } = usePlace.getState()
    if (place.page === 'file') host.noteFile(place.path)
  }
  usePlace.subscribe(note)
  note()
}
