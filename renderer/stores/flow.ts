import { create } from 'zustand'
import { failureOfCall } from '#core/api/client.ts'
import type { Failure } from '#core/model/failure.ts'
import type { DraftEdit, FlowDraft } from '#core/model/flow-draft.ts'
import type { EditOperation, Splice } from '#core/model/flow-edit.ts'
import type { JsonValue } from '#core/model/handle.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { outlineOf, type Outline } from './outline.ts'
import { sendPendingEdits } from './pending-edits.ts'
import { reconcile } from './reconcile.ts'

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
}

/** The flow that is open. */
export const useFlow = create<FlowState>(() => nothing)

export type FlowPlace =
  | { readonly from: 'library'; readonly name: string }
  | { readonly from: 'file'; readonly path: string; readonly cwd: string }

/** What this window calls itself, to tell its own edits from those of others. */
const editor = crypto.randomUUID()

const mostSteps = 500

/** Of a text with broken syntax some tasks may seem to be gone, or all of them. */
const isUnreadable = ({ content: { value, problems } }: FlowDraft): boolean =>
  value === null || problems.some(({ code }) => code === 'yaml-syntax')

const show = (draft: FlowDraft, rest: Partial<FlowState> = {}): void => {
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

/** Opens a flow and follows what others make of it. The answer ends that. */
export const openFlow = async (engine: Engine, place: FlowPlace): Promise<() => void> => {
  const draft = await engine.client.flows.open({ source: place })
  useFlow.setState(nothing)
  show(draft)
  return engine.follow(
    (client, signal) => client.flows.watch({ file: draft.file }, { signal }),
    ({ editor: by, draft: news }) => {
      const { draft: now, saving } = useFlow.getState()
      if (by === editor || saving > 0 || now?.file !== news.file) return
      // An engine that was started again counts anew.
      if (now.text === news.text) return useFlow.setState({ draft: { ...now, revision: news.revision } })
      // Steps of ours name places in a text that is gone.
      show(news, { undo: [], redo: [] })
    },
  )
}

/** Shows a former state in place of the flow; null: the flow again. */
export const lookBack = (former: Former | null): void => {
  const now = useFlow.getState().draft?.content.value ?? null
  if (!former) return useFlow.setState({ former, outline: outlineOf(now) })
  // What is as it is now is the very same, so that it is not drawn again and does not count as changed.
  const value = reconcile(now, former.value)
  return useFlow.setState({ former: { ...former, value }, outline: outlineOf(value) })
}

const onlyLookedAt = ({ title }: Former): Failure => ({
  code: 'conflict',
  message: `${title} is only looked at. Go back to the flow as it is now to change it, or restore this one.`,
  retryable: false,
})

export const closeFlow = (): void => useFlow.setState(nothing)

const applied = (text: string, splices: readonly Splice[]): string => {
  let result = ''
  let at = 0
  for (const splice of splices) {
    result += text.slice(at, splice.at) + splice.insert
    at = splice.at + splice.remove.length
  }
  return result + text.slice(at)
}

const draftAfter = (draft: FlowDraft, { revision, splices, content, savedAt }: DraftEdit): FlowDraft => ({
  ...draft,
  revision,
  content,
  savedAt,
  text: applied(draft.text, splices),
})

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

/** Makes one change. False when nothing changed; `refused` says why when it was refused. */
const send = async (engine: Engine, { ask, keep }: Change): Promise<boolean> => {
  const { former } = useFlow.getState()
  if (former) {
    useFlow.setState({ refused: onlyLookedAt(former) })
    return false
  }
  useFlow.setState(({ saving }) => ({ saving: saving + 1 }))
  return inTurn(async () => {
    const { draft } = useFlow.getState()
    try {
      const edit = draft ? await ask(draft) : null
      if (!draft || !edit) return false
      const changed = edit.splices.length > 0
      show(draftAfter(draft, edit), { refused: null, ...(changed && keep(useFlow.getState(), edit.inverse)) })
      return changed
    } catch (error) {
      const refused = failureOfCall(error)
      if (draft && refused.code === 'conflict') {
        const fresh = await engine.client.flows.open({ source: { from: 'file', path: draft.file, cwd: '/' } })
        show(fresh, { undo: [], redo: [] })
      }
      useFlow.setState({ refused })
      return false
    } finally {
      useFlow.setState(({ saving }) => ({ saving: saving - 1 }))
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

export const undo = async (engine: Engine): Promise<void> => {
  sendPendingEdits()
  let step: Step | undefined
  await send(engine, {
    ask: (draft) => {
      step = useFlow.getState().undo.at(-1)
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
      step = useFlow.getState().redo.at(-1)
      return step ? edit(engine, draft, step.operation) : null
    },
    keep: (state, inverse) => ({
      undo: [...state.undo, { label: step?.label ?? '', operation: inverse }],
      redo: state.redo.slice(0, -1),
    }),
  })
}
