import { create } from 'zustand'
import { failureOfCall, type EngineClient } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { DraftEdit, FlowDraft } from '#core/model/flow-draft.ts'
import type { EditOperation } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { draftAfter } from './draft-after.ts'
import { outlineOf, type Outline } from './outline.ts'
import { sendPendingEdits } from './pending-edits.ts'
import { randomId } from './random-id.ts'
import { reconcile } from './reconcile.ts'
import { movedOn, onlyLookedAt } from './flow-refusals.ts'

/** A change that can be taken back, by the name the menu shows. */
export type Step = { readonly label: string; readonly operation: EditOperation }

/** A state of the flow that is over, shown in its place to be looked at. */
export type Former = {
  readonly document: string
  /** What it is, for example `Version 3`. */
  readonly title: string
  readonly text: string
  readonly value: JsonValue
}

export type FlowState = {
  readonly draft: FlowDraft | null
  /** Of what is shown: the flow as it is, or a former state of it. */
  readonly outline: Outline
  readonly former: Former | null
  /** The text cannot be read as it stands; the outline, and the draft's plain data, are as they were when it last could. */
  readonly stale: boolean
  readonly undo: readonly Step[]
  readonly redo: readonly Step[]
  /** Why the last change was not made, until it is looked at. */
  readonly refused: Failure | null
  /** How many changes are on their way to the engine. */
  readonly saving: number
  /** What the text was before somebody else changed it, until it is looked at; `at` is milliseconds since 1970. */
  readonly elsewhere: { readonly before: string; readonly at: number } | null
  /** Its file was deleted or renamed. */
  readonly gone: boolean
}

const nothing: FlowState = {
  draft: null,
  outline: outlineOf(null),
  former: null,
  stale: false,
  undo: [],
  redo: [],
  refused: null,
  saving: 0,
  elsewhere: null,
  gone: false,
}

/** The flow that is open. */
export const useFlow = create<FlowState>(() => nothing)

export type FlowPlace =
  | { readonly from: 'library'; readonly name: string }
  | { readonly from: 'file'; readonly path: string; readonly cwd: string }

/** What this window calls itself, to tell its own edits from those of others. */
export const editor = randomId()

const mostSteps = 500

/** Of a text with broken syntax some tasks may seem to be gone, or all of them. */
const isUnreadable = ({ content: { value, problems } }: FlowDraft): boolean =>
  value === null || problems.some(({ code }) => code === 'yaml-syntax')

export const show = (draft: FlowDraft, rest: Partial<FlowState> = {}): void => {
  const { draft: before, former, outline } = useFlow.getState()
  const known = before?.file === draft.file ? before.content.value : null
  const stale = known !== null && isUnreadable(draft)
  const value = stale ? known : reconcile(known, draft.content.value)
  useFlow.setState({
    draft: { ...draft, content: { ...draft.content, value } },
    outline: former ? outline : outlineOf(value),
    stale,
    ...rest,
  })
}

/** The connection whose engine counted the revision that is known here: one that was started again counts anew. */
let countedBy: EngineClient | null = null

/** Whether this connection has told of a later one already; else it counts from now on. */
export const isOutrun = (client: EngineClient, now: FlowDraft, news: FlowDraft): boolean => {
  if (countedBy === client && news.revision < now.revision) return true
  countedBy = client
  return false
}

const read = (engine: Engine, source: FlowPlace): Promise<FlowDraft> =>
  engine.ask(async (client) => {
    const draft = await client.flows.open({ source })
    countedBy = client
    return draft
  })

/** As it is once what is on its way is in its file, also from before it was left. */
export const readFlow = (engine: Engine, source: FlowPlace): Promise<FlowDraft> => inTurn(() => read(engine, source))

/** What somebody else wrote is a step too: taken back, it leaves the text that the steps before it were made on. */
export const takenOver = ({ draft, undo }: FlowState, text: string): Partial<FlowState> => {
  if (!draft || draft.text === text) return {}
  const step: Step = { label: 'Change from elsewhere', operation: { kind: 'replace-text', text: draft.text } }
  return {
    undo: [...undo, step].slice(-mostSteps),
    redo: [],
    elsewhere: { before: draft.text, at: Date.now() },
  }
}

/** Shows a former state in place of the flow; null: the flow again. */
export const lookBack = (former: Former | null): void => {
  const now = useFlow.getState().draft?.content.value ?? null
  if (!former) return useFlow.setState({ former, outline: outlineOf(now) })
  // What is as it is now is the very same, so that it is not drawn again and does not count as changed.
  const value = reconcile(now, former.value)
  return useFlow.setState({ former: { ...former, value }, outline: outlineOf(value) })
}

/** Flows that were left with changes on their way, by file. */
const left = new Map<string, FlowDraft>()

export const closeFlow = (): void => {
  const { draft, saving } = useFlow.getState()
  if (draft && saving > 0) left.set(draft.file, draft)
  useFlow.setState({ ...nothing, saving })
}

let tail: Promise<unknown> = Promise.resolve()

/** One change after the other, each on the text that the one before it left. */
const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const result = tail.then(work)
  tail = result.catch(() => undefined)
  return result
}

/** Once every change made so far, also what was only typed, is in the file. */
export const whenSaved = async (): Promise<void> => {
  sendPendingEdits()
  await tail
}

type Change = {
  /** Asked in turn, of the draft that the change before left; null when there is nothing to do any more. */
  ask(draft: FlowDraft): Promise<DraftEdit> | null
  /** What is remembered of it; `inverse` takes it back. */
  keep(state: FlowState, inverse: EditOperation): Partial<FlowState>
}

const keepDraft = (draft: FlowDraft, rest: Partial<FlowState> = {}): void => {
  if (useFlow.getState().draft?.file === draft.file) show(draft, rest)
  else left.set(draft.file, draft)
}

/** A draft as it was last known here, with the revision that this engine counts. */
const draftFor = async (client: EngineClient, file: string): Promise<FlowDraft | null> => {
  const { draft } = useFlow.getState()
  const known = draft?.file === file ? draft : left.get(file)
  if (!known || countedBy === client) return known ?? null
  const { text, revision } = await client.flows.open({ source: { from: 'file', path: file, cwd: '/' } })
  if (text !== known.text) throw movedOn(file)
  countedBy = client
  const counted = { ...known, revision }
  keepDraft(counted)
  return counted
}

/** While there is no engine a change waits. What a lost one has not written is asked of the next. */
const make = (engine: Engine, file: string, { ask, keep }: Change): Promise<boolean> =>
  engine.ask(async (client) => {
    const draft = await draftFor(client, file)
    const edit = draft ? await ask(draft) : null
    if (!draft || !edit) return false
    const changed = edit.splices.length > 0
    keepDraft(draftAfter(draft, edit), { refused: null, ...(changed && keep(useFlow.getState(), edit.inverse)) })
    return changed
  })

const reread = (engine: Engine, file: string): Promise<FlowDraft | null> =>
  read(engine, { from: 'file', path: file, cwd: '/' }).catch(() => null)

const refuse = async (engine: Engine, file: string, refused: Failure): Promise<false> => {
  const fresh = refused.code === 'conflict' ? await reread(engine, file) : null
  if (fresh) keepDraft(fresh, takenOver(useFlow.getState(), fresh.text))
  useFlow.setState({ refused })
  return false
}

/** Makes one change. False when nothing changed; `refused` says why when it was refused. */
const send = async (engine: Engine, change: Change): Promise<boolean> => {
  const { former, draft } = useFlow.getState()
  if (former) {
    useFlow.setState({ refused: onlyLookedAt(former) })
    return false
  }
  if (!draft) return false
  const { file } = draft
  useFlow.setState(({ saving }) => ({ saving: saving + 1 }))
  return inTurn(async () => {
    try {
      return await make(engine, file, change)
    } catch (error) {
      return await refuse(engine, file, failureOfCall(error))
    } finally {
      useFlow.setState(({ saving }) => ({ saving: saving - 1 }))
      if (useFlow.getState().saving === 0) left.clear()
    }
  })
}

const edit = (engine: Engine, { file, revision }: FlowDraft, operation: EditOperation): Promise<DraftEdit> =>
  engine.client.flows.edit({ file, revision, operation, editor })

const asStep =
  (label: string): Change['keep'] =>
  ({ undo }, inverse) => ({ undo: [...undo, { label, operation: inverse }].slice(-mostSteps), redo: [] })

/** Changes the flow; `label` is what the menu offers to undo. True when something changed. */
export const changeFlow = (engine: Engine, label: string, operation: EditOperation): Promise<boolean> =>
  send(engine, { ask: (draft) => edit(engine, draft, operation), keep: asStep(label) })

/** Adds tasks that were copied as text. */
export const pasteTasks = (engine: Engine, text: string, position: readonly [number, number]): Promise<boolean> =>
  send(engine, {
    ask: ({ file, revision }) =>
      engine.client.flows.pasteTasks({ file, revision, text, position: [...position], editor }),
    keep: asStep('Paste'),
  })

/** Tasks become a flow of their own. The task that runs it, or null when it was refused. */
export const extractTasks = async (engine: Engine, tasks: readonly string[], name: string): Promise<string | null> => {
  let task: string | null = null
  const label = tasks.length === 1 ? `Extract ${tasks[0]}` : `Extract ${tasks.length} tasks`
  await send(engine, {
    ask: async ({ file, revision }) => {
      const done = await engine.client.flows.extract({ file, revision, tasks: [...tasks], name, editor })
      task = done.task
      return done
    },
    keep: asStep(label),
  })
  return task
}

/** The tasks of a subflow come in place of the task that runs it. */
export const bringIn = (engine: Engine, task: string): Promise<boolean> =>
  send(engine, {
    ask: ({ file, revision }) => engine.client.flows.inline({ file, revision, task, editor }),
    keep: asStep(`Bring in ${task}`),
  })

/** Of a flow that was left meanwhile there is none. */
const stepOf = ({ file }: FlowDraft, way: 'undo' | 'redo'): Step | undefined => {
  const state = useFlow.getState()
  return state.draft?.file === file ? state[way].at(-1) : undefined
}

export const undo = async (engine: Engine): Promise<void> => {
  sendPendingEdits()
  let step: Step | undefined
  await send(engine, {
    ask: (draft) => {
      step = stepOf(draft, 'undo')
      return step ? edit(engine, draft, step.operation) : null
    },
    keep: (state, inverse) => ({
      undo: state.undo.slice(0, -1),
      redo: [...state.redo, { label: step?.label ?? '', operation: inverse }],
    }),
  })
}

export const redo = async (engine: Engine): Promise<void> => {
  let step: Step | undefined
  await send(engine, {
    ask: (draft) => {
      step = stepOf(draft, 'redo')
      return step ? edit(engine, draft, step.operation) : null
    },
    keep: (state, inverse) => ({
      undo: [...state.undo, { label: step?.label ?? '', operation: inverse }],
      redo: state.redo.slice(0, -1),
    }),
  })
}
