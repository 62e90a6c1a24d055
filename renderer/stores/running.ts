import { create } from 'zustand'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { FlowRun } from '#core/model/flow-run.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { PartOfFlow } from '#core/model/part-plan.ts'
import type { RunHistory } from '#core/model/run-news.ts'
import { isTerminal } from '#core/model/state.ts'
import { refuseWhileAway, type Engine } from '#renderer/rpc/engine.ts'
import { lookBack, useFlow, whenSaved } from './flow.ts'
import { lookFirst, mustBeLookedAt, readTouches } from './imported.ts'
import { mapAt } from './outline.ts'
import { closeRun, followRun, useRun } from './run.ts'

/** Starting and steering runs of the flow that is open. */
export type RunningState = {
  /** What was asked of the engine and is not answered yet. */
  readonly asked: 'start' | 'cancel' | 'pause' | 'resume' | null
  readonly failure: Failure | null
  /** The run was there before the flow was opened, and had ended. */
  readonly isFormer: boolean
  /** The flow as it was when the run began; null when that is not known. */
  readonly basis: JsonValue
  readonly history: RunHistory | null
  /** What the panel at the Run button asks about; null while it is closed. */
  readonly panel: { readonly part: Part | null } | null
}

export type Part = PartOfFlow & { readonly reuse: string | null }

const nothing: RunningState = {
  asked: null,
  failure: null,
  isFormer: false,
  basis: null,
  history: null,
  panel: null,
}

export const useRunning = create<RunningState>(() => nothing)

export type StartRequest = {
  readonly parameters: Readonly<Record<string, JsonValue>>
  readonly selection: Part | null
}

let stopFollowing: (() => void) | null = null

/** Shows a run on the canvas and in the panels, in place of the one before. */
const showRun = (engine: Engine, flowRun: string): void => {
  stopFollowing?.()
  stopFollowing = followRun(engine, flowRun)
}

const hideRun = (): void => {
  stopFollowing?.()
  stopFollowing = null
  closeRun()
  useRunning.setState(nothing, true)
}

export const dismissFailure = (): void => useRunning.setState({ failure: null })
export const askToRun = (part: Part | null): void => useRunning.setState({ panel: { part }, failure: null })
export const closeRunPanel = (): void => useRunning.setState({ panel: null })

/** Ids of runs that this window has started and that have not ended. */
export const startedHere = new Set<string>()

const ask = async <T>(what: RunningState['asked'], call: () => Promise<T>): Promise<T | null> => {
  useRunning.setState({ asked: what, failure: null })
  try {
    return await call()
  } catch (error) {
    useRunning.setState({ failure: failureOfCall(error) })
    return null
  } finally {
    useRunning.setState({ asked: null })
  }
}

/** How long the flow and its tasks usually take. */
const readHistory = async (engine: Engine, flow: string): Promise<void> => {
  const history = await engine.client.runs.history({ flow }).catch(() => null)
  useRunning.setState({ history })
}

/** Runs the flow as it stands in its file. Null when it could not be started; `failure` says why. */
export const startRun = (engine: Engine, { parameters, selection }: StartRequest): Promise<FlowRun | null> =>
  ask('start', async () => {
    refuseWhileAway(engine)
    lookBack(null)
    await whenSaved()
    const { draft } = useFlow.getState()
    if (!draft || mustBeLookedAt()) return null
    const flowRun = await submitKnown(engine, draft.file, { parameters, selection })
    if (!flowRun) return null
    startedHere.add(flowRun.id)
    useRunning.setState({ isFormer: false, basis: draft.content.value, panel: null })
    showRun(engine, flowRun.id)
    void readHistory(engine, flowRun.flow)
    return flowRun
  })

/** Null when the flow has to be looked at first; what it touches is shown then. */
const submitKnown = async (
  engine: Engine,
  file: string,
  { parameters, selection }: StartRequest,
): Promise<FlowRun | null> => {
  const source = { from: 'file', path: file, cwd: '/' } as const
  try {
    return await engine.client.runs.submit({ source, parameters: { values: parameters }, selection, trustedOnly: true })
  } catch (error) {
    if (failureOfCall(error).code !== 'denied') throw error
    await readTouches(engine, file)
    if (mustBeLookedAt()) return null
    throw error
  }
}

/** The flow of a former run once more, as it was then. */
export const runAgain = (engine: Engine, flowRun: string, parameters: StartRequest['parameters']) =>
  ask('start', async () => {
    const former = useRun.getState().flowRun
    if (former?.id === flowRun && (await lookFirst(engine, [former]))) return null
    const next = await engine.client.runs.again({ flowRun, parameters: { values: parameters }, trustedOnly: true })
    startedHere.add(next.id)
    return next
  })

type Control = 'cancel' | 'pause' | 'resume'

/** Steers the run that is shown. An ended one that goes on is followed anew. */
export const controlRun = (engine: Engine, control: Control): Promise<FlowRun | null> =>
  ask(control, async () => {
    const { flowRun } = useRun.getState()
    if (!flowRun) return null
    const after = await engine.client.runs[control]({ flowRun: flowRun.id })
    if (control !== 'resume' || !isTerminal(flowRun.state)) return after
    startedHere.add(flowRun.id)
    useRunning.setState({ isFormer: false })
    showRun(engine, flowRun.id)
    return after
  })

export const cancelTask = async (engine: Engine, task: string): Promise<void> => {
  await onTask((client, flowRun) => client.runs.cancelTask({ flowRun, task }), engine)
}

/** A task on hold does not start until it is released. */
export const holdTask = async (engine: Engine, task: string): Promise<void> => {
  await onTask((client, flowRun) => client.runs.hold({ flowRun, task }), engine)
}

export const releaseTask = async (engine: Engine, task: string): Promise<void> => {
  await onTask((client, flowRun) => client.runs.release({ flowRun, task }), engine)
}

const onTask = async (
  call: (client: EngineClient, flowRun: string) => Promise<unknown>,
  engine: Engine,
): Promise<void> => {
  const { flowRun } = useRun.getState()
  if (!flowRun) return
  try {
    await call(engine.client, flowRun.id)
  } catch (error) {
    useRunning.setState({ failure: failureOfCall(error) })
  }
}

/** Whether something other than places on the canvas differs. */
export const differs = (before: JsonValue, now: JsonValue): boolean => {
  if (before === null) return true
  const [left, right] = [mapAt(before), mapAt(now)]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].some(
    (key) => key !== 'layout' && left[key] !== right[key],
  )
}

/** The flow says something else than what the shown run did. */
export const useIsEdited = (): boolean => {
  const basis = useRunning((state) => state.basis)
  return useFlow(({ draft, former }) => draft !== null && differs(basis, former ? former.value : draft.content.value))
}

/** Shows one run, whatever flow it is of. The answer ends that. */
export const openRun = (engine: Engine, flowRun: string): (() => void) => {
  showRun(engine, flowRun)
  return hideRun
}

/** The flow as a run ran it, where it is another now. */
const lookBackAt = async (engine: Engine, { document, name }: FlowRun): Promise<void> => {
  const { text, content } = await engine.client.flows.documentContent({ document })
  lookBack({ document, title: `The flow as ${name} ran it`, text, value: content.value })
  useRunning.setState({ isFormer: false, basis: useFlow.getState().former?.value ?? null })
}

/**
 * The last run of the open flow, or the one that is wanted with the flow as it ran; it is followed if it goes on. Then every
 * one that begins later, by whomever.
 */
export const followFlowRuns = (engine: Engine, wanted: string | null): (() => void) => {
  const { draft, outline } = useFlow.getState()
  const left = new AbortController()
  if (!draft) return () => undefined
  const isOurs = (run: FlowRun) => run.parent === null && run.flow === outline.name
  const showOther = async (run: FlowRun) => {
    const { text } = await engine.client.flows.documentText({ document: run.document }).catch(() => ({ text: null }))
    const now = useFlow.getState().draft
    if (left.signal.aborted || now?.file !== draft.file) return
    const basis = now.text === text ? now.content.value : null
    const asked = run.id === wanted
    if (!asked) lookBack(null)
    useRunning.setState({ isFormer: isTerminal(run.state) && !asked, basis })
    showRun(engine, run.id)
    if (asked && text !== null && now.text !== text) await lookBackAt(engine, run)
    void readHistory(engine, run.flow)
  }
  const onChange = (run: FlowRun) => {
    const { flowRun, ended } = useRun.getState()
    if (!isOurs(run) || isTerminal(run.state) || startedHere.has(run.id)) return
    if (flowRun === null || (ended && run.createdAt >= flowRun.createdAt)) void showOther(run)
  }
  const stop = engine.follow(
    (client, signal) => client.runs.watchList({}, { signal }),
    ({ changed }) => changed.forEach(onChange),
  )
  const showLast = async () => {
    const last =
      wanted === null
        ? (await engine.client.runs.list({ flow: outline.name, limit: 20 })).find(isOurs)
        : (await engine.client.runs.inspect({ flowRun: wanted })).flowRun
    if (last && !left.signal.aborted && useRun.getState().flowRun === null) await showOther(last)
  }
  showLast().catch(() => undefined)
  return () => {
    left.abort()
    stop()
    hideRun()
  }
}

/** What the run tells is of another time: it was there before, or the flow has been changed since. */
export const useIsStale = (): boolean => {
  const isFormer = useRunning((state) => state.isFormer)
  const isEdited = useIsEdited()
  const ended = useRun((state) => state.flowRun !== null && isTerminal(state.flowRun.state))
  return ended && (isFormer || isEdited)
}
