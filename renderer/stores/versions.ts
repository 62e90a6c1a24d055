import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { FlowChange } from '#core/model/flow-change.ts'
import type { SavedVersion } from '#core/model/flow-draft.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { changeFlow, lookBack, useFlow, whenSaved } from './flow.ts'

/** Former states of the open flow, newest first, and the one that is looked at. */
export type VersionsState = {
  readonly versions: readonly SavedVersion[] | null
  readonly chosen: string | null
  /** Of the chosen one: its text, what it changed, and what was changed since. */
  readonly text: string | null
  readonly made: readonly FlowChange[] | null
  readonly since: readonly FlowChange[] | null
  readonly failure: Failure | null
}

const nothing: VersionsState = { versions: null, chosen: null, text: null, made: null, since: null, failure: null }

export const useVersions = create<VersionsState>(() => nothing)

const attempt = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
    useVersions.setState({ failure: null })
  } catch (error) {
    useVersions.setState({ failure: failureOfCall(error) })
  }
}

export const loadVersions = (engine: Engine, name: string): Promise<void> =>
  attempt(async () => useVersions.setState({ versions: await engine.client.flows.versions({ name }) }))

export const leaveVersions = (): void => useVersions.setState(nothing, true)

export const chooseVersion = (engine: Engine, name: string, document: string): Promise<void> =>
  attempt(async () => {
    const { versions } = useVersions.getState()
    const index = versions?.findIndex((version) => version.document === document) ?? -1
    const before = index < 0 ? null : (versions?.[index + 1]?.document ?? null)
    useVersions.setState({ chosen: document })
    await whenSaved()
    const { flows } = engine.client
    const [{ text }, made, since] = await Promise.all([
      flows.documentText({ document }),
      flows.compare({ name, before, after: document }),
      flows.compare({ name, before: document, after: null }),
    ])
    if (useVersions.getState().chosen === document) useVersions.setState({ text, made, since })
  })

/** Shows the version on the canvas, where it can be looked at. */
export const showVersion = (engine: Engine, { version, document }: SavedVersion): Promise<void> =>
  attempt(async () => {
    // What was typed would be lost with its editor.
    await whenSaved()
    const { text, content } = await engine.client.flows.documentContent({ document })
    lookBack({ document, title: `Version ${version}`, text, value: content.value })
  })

/** Brings back what is shown in place of the flow, whatever version or run it is of. */
export const restoreFormer = async (engine: Engine): Promise<void> => {
  const { former, draft } = useFlow.getState()
  if (!former || !draft) return
  lookBack(null)
  if (draft.library !== null) await engine.client.flows.saveVersion({ name: draft.library }).catch(() => undefined)
  await changeFlow(engine, `Restore ${former.title.toLowerCase()}`, { kind: 'replace-text', text: former.text })
  if (draft.library !== null && useVersions.getState().versions !== null) await loadVersions(engine, draft.library)
}

/** Keeps what there is now as a version too, then goes back; one step that can be undone. */
export const restoreVersion = async (engine: Engine, name: string, version: SavedVersion): Promise<void> =>
  attempt(async () => {
    lookBack(null)
    await whenSaved()
    await engine.client.flows.saveVersion({ name })
    const { text } = await engine.client.flows.documentText({ document: version.document })
    await changeFlow(engine, `Restore version ${version.version}`, { kind: 'replace-text', text })
    await loadVersions(engine, name)
    await chooseVersion(engine, name, version.document)
  })

/** What was changed since the last version is kept as one. */
export const keepVersion = async (engine: Engine): Promise<void> => {
  const { draft, undo } = useFlow.getState()
  if (draft?.library === null || draft?.library === undefined || undo.length === 0) return
  await engine.client.flows.saveVersion({ name: draft.library }).catch(() => undefined)
}
