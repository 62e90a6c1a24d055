import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { StarterFlow } from '#core/model/flow-draft.ts'
import type { FlowSummary } from '#core/model/flow-library.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { importFlow, openFlowFile } from '#renderer/stores/opening.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'

export type FlowListState = {
  /** Null until they were read. */
  readonly flows: readonly FlowSummary[] | null
  readonly starters: readonly StarterFlow[]
  readonly failure: Failure | null
  /** A text that could not be imported since the library has a flow of that name. */
  readonly clash: { readonly text: string; readonly failure: Failure } | null
  /** The flow whose name is being written. */
  readonly renaming: string | null
}

export const useFlowList = create<FlowListState>(() => ({
  flows: null,
  starters: [],
  failure: null,
  clash: null,
  renaming: null,
}))

/** Does something, then reads the list again; a refusal is shown on the page. */
export const attempt = async (
  engine: Engine,
  work: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> => {
  try {
    await work()
    const [flows, starters] = await Promise.all([engine.client.flows.list(), engine.client.flows.starters()])
    useFlowList.setState({ flows, starters, failure: null })
  } catch (error) {
    useFlowList.setState({ failure: failureOfCall(error) })
  }
}

export const dismissFailure = (): void => useFlowList.setState({ failure: null, clash: null })

export const newFlow = (engine: Engine): Promise<void> =>
  attempt(engine, async () =>
    goTo({ page: 'flow', name: (await engine.client.flows.create({ name: 'untitled' })).name }),
  )

export const openStarter = (engine: Engine, starter: string): Promise<void> =>
  attempt(engine, async () =>
    goTo({ page: 'flow', name: (await engine.client.flows.openStarter({ name: starter })).name }),
  )

export const duplicateFlow = (engine: Engine, name: string): Promise<void> =>
  attempt(engine, () => engine.client.flows.duplicate({ name }))

export const beginRename = (name: string | null): void => useFlowList.setState({ renaming: name })

export const renameFlow = (engine: Engine, name: string, to: string): Promise<void> => {
  beginRename(null)
  return to === '' || to === name ? Promise.resolve() : attempt(engine, () => engine.client.flows.rename({ name, to }))
}

/** Takes a flow away; the answer brings it back as it was. */
export const deleteFlow = async (engine: Engine, name: string): Promise<() => Promise<void>> => {
  const { text } = await engine.client.flows.export({ source: { from: 'library', name } })
  await attempt(engine, () => engine.client.flows.delete({ name }))
  return () => attempt(engine, () => engine.client.flows.create({ name, text }))
}

/** A text that clashes with a flow of the library is kept, so that it may take that one's place. */
const bring = async (text: string, work: () => Promise<void>, overwrite = false): Promise<void> => {
  try {
    await work()
    useFlowList.setState({ clash: null, failure: null })
  } catch (error) {
    const failure = failureOfCall(error)
    useFlowList.setState(failure.code === 'conflict' && !overwrite ? { clash: { text, failure } } : { failure })
  }
}

export const importText = (engine: Engine, text: string, overwrite = false): Promise<void> =>
  bring(text, () => importFlow(engine, text, overwrite), overwrite)

export const importFile = async (engine: Engine, host: Host): Promise<void> => {
  const file = await host.openFile()
  if (file) await importText(engine, file.text)
}

export const openFile = async (engine: Engine, host: Host): Promise<void> => {
  const file = await host.openFile()
  if (file) await bring(file.text, () => openFlowFile(engine, file))
}

export type ExportAs = { readonly withSubflows: boolean; readonly to: 'file' | 'clipboard' }

export const exportFlow = async (
  { engine, host }: { engine: Engine; host: Host },
  name: string,
  { withSubflows, to }: ExportAs,
): Promise<void> => {
  try {
    const { text } = await engine.client.flows.export({ source: { from: 'library', name }, withSubflows })
    if (to === 'clipboard') await navigator.clipboard.writeText(text)
    else await host.saveFile(`${name}.yaml`, text)
  } catch (error) {
    useFlowList.setState({ failure: failureOfCall(error) })
  }
}
