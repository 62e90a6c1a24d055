import { notifications } from '@mantine/notifications'
import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { StarterFlow } from '#core/model/flow-draft.ts'
import type { FlowSummary } from '#core/model/flow-library.ts'
import { forgetClash } from '#renderer/stores/brought.ts'
import { goTo } from '#renderer/stores/navigation.ts'
import { importFlow, openFlowFile } from '#renderer/stores/opening.ts'
import { followedInWords } from '#renderer/stores/rename-flow.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import type { Host } from '#renderer/rpc/host.ts'

export type FlowListState = {
  /** Null until they were read. */
  readonly flows: readonly FlowSummary[] | null
  readonly starters: readonly StarterFlow[]
  readonly failure: Failure | null
  /** The flow whose name is being written. */
  readonly renaming: string | null
}

export const useFlowList = create<FlowListState>(() => ({
  flows: null,
  starters: [],
  failure: null,
  renaming: null,
}))

/** Does something, then reads the list again; a refusal is shown on the page. False when what was to be done was refused. */
export const attempt = async (
  engine: Engine,
  work: () => Promise<unknown> = () => Promise.resolve(),
): Promise<boolean> => {
  let isDone = false
  try {
    await work()
    isDone = true
    const [flows, starters] = await Promise.all([engine.client.flows.list(), engine.client.flows.starters()])
    useFlowList.setState({ flows, starters, failure: null })
  } catch (error) {
    useFlowList.setState({ failure: failureOfCall(error) })
  }
  return isDone
}

export const dismissFailure = (): void => {
  useFlowList.setState({ failure: null })
  forgetClash()
}

export const newFlow = (engine: Engine): Promise<boolean> =>
  attempt(engine, async () =>
    goTo({ page: 'flow', name: (await engine.client.flows.create({ name: 'untitled' })).name }),
  )

export const openStarter = (engine: Engine, starter: string): Promise<boolean> =>
  attempt(engine, async () =>
    goTo({ page: 'flow', name: (await engine.client.flows.openStarter({ name: starter })).name }),
  )

export const duplicateFlow = (engine: Engine, name: string): Promise<boolean> =>
  attempt(engine, () => engine.client.flows.duplicate({ name }))

export const beginRename = (name: string | null): void => useFlowList.setState({ renaming: name })

/** The flows that run it follow, which is said. */
export const renameFlow = async (engine: Engine, name: string, to: string): Promise<void> => {
  beginRename(null)
  if (to === '' || to === name) return
  await attempt(engine, async () => {
    const renamed = await engine.client.flows.rename({ name, to })
    const followed = followedInWords(renamed)
    if (followed !== null) notifications.show({ message: followed })
  })
}

/** Takes a flow away; the answer brings it back as it was. Null when it could not be taken away. */
export const deleteFlow = async (engine: Engine, name: string): Promise<(() => Promise<void>) | null> => {
  let text = ''
  const isDeleted = await attempt(engine, async () => {
    text = (await engine.client.flows.export({ source: { from: 'library', name } })).text
    await engine.client.flows.delete({ name })
  })
  return isDeleted ? async () => void (await attempt(engine, () => engine.client.flows.create({ name, text }))) : null
}

const bring = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
    useFlowList.setState({ failure: null })
  } catch (error) {
    useFlowList.setState({ failure: failureOfCall(error) })
  }
}

export const importText = (engine: Engine, text: string, overwrite = false): Promise<void> =>
  bring(() => importFlow(engine, text, overwrite))

export const importFile = async (engine: Engine, host: Host): Promise<void> => {
  const file = await host.openFile()
  if (file) await importText(engine, file.text)
}

export const openFile = async (engine: Engine, host: Host): Promise<void> => {
  const file = await host.openFile()
  if (file) await bring(() => openFlowFile(engine, file))
}
