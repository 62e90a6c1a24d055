import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { applyEdit } from '#core/flow/edit/apply-edit.ts'
import { copyTasks } from '#core/flow/edit/copy-tasks.ts'
import { pasteTasks } from '#core/flow/edit/paste-tasks.ts'
import { Refused } from '#core/model/failure.ts'
import { inTurn } from '#core/model/in-turn.ts'
import type { DraftEdit, DraftNews, FlowContent, FlowDraft } from '#core/model/flow-draft.ts'
import type { EditOperation, Edited } from '#core/model/flow-edit.ts'
import type { FlowSource } from '#core/model/flow-library.ts'
import type { FlowReader, FlowText } from './flow-reader.ts'
import type { Trust } from './trust.ts'
import { watchFile } from './watch-file.ts'
import { writeFlowFile } from './write-flow-file.ts'

/**
 * Flows that are open in editors. The file is the truth: each edit is applied to the text it holds and is in it before
 * it is acknowledged, so that nothing is lost with the screen or the engine, and a change from outside is taken over.
 */
export type DraftsService = {
  open(source: Exclude<FlowSource, { from: 'text' }>): Promise<FlowDraft>
  /** Refuses with `conflict` when the text has moved on from `revision`. */
  edit(request: EditRequest): Promise<DraftEdit>
  copyTasks(request: { readonly file: string; readonly tasks: readonly string[] }): Promise<{ readonly text: string }>
  /** Refuses what holds no tasks with `invalid`, and with `conflict` as an edit does. */
  pasteTasks(request: PasteRequest): Promise<DraftEdit>
  /** The files that are open, or were while this engine ran. */
  files(): readonly string[]
  /** Changes a file for nobody in particular; an editor that has it open shows the change as one from outside. */
  rewrite(file: string, edit: (text: string) => Edited | Promise<Edited>): Promise<void>
  /** Refuses with `conflict` as an edit does. */
  change(request: DraftChange, edit: (text: string) => Edited | Promise<Edited>): Promise<DraftEdit>
  /** Makes the file anew with the text of a draft whose file is gone. Refuses with `conflict` when there is one. */
  writeBack(file: string): Promise<FlowDraft>
  /** The draft as it is, then each time it has changed, and when its file is gone or there again. */
  watch(file: string, signal: AbortSignal): AsyncIterable<DraftNews>
}

type Change = { readonly revision: number; readonly editor: string | null }

/** A change of a draft as it was at `revision`. */
export type DraftChange = { readonly file: string; readonly revision: number; readonly editor: string }

export type EditRequest = DraftChange & { readonly operation: EditOperation }

export type PasteRequest = DraftChange & { readonly text: string; readonly position: readonly [number, number] }

export type DraftsWorld = {
  readonly reader: FlowReader
  readonly trust: Trust
  readonly library: string
  now(): number
}

type Open = {
  draft: FlowDraft
  gone: boolean
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>
  readonly watchers: Set<Tell>
}
type Tell = (news: DraftNews) => void

export const createDrafts = (world: DraftsWorld): DraftsService => {
  const drafts = new Map<string, Open>()

  const openFile = async (flow: FlowText): Promise<Open> => {
    const file = flow.file ?? ''
    const known = drafts.get(file)
    if (known) return known
    const draft = await draftOf(world, flow, 1)
    const opened: Open = drafts.get(file) ?? { draft, gone: false, turn: inTurn(), watchers: new Set() }
    drafts.set(file, opened)
    return opened
  }

  /** Takes over what somebody else has written into the file. */
  const refresh = async (open: Open): Promise<void> => {
    const flow = await world.reader.locate({ from: 'file', path: open.draft.file, cwd: '/' })
    if (flow.text === open.draft.text && !open.gone) return
    if (flow.text !== open.draft.text) open.draft = await draftOf(world, flow, open.draft.revision + 1)
    open.gone = false
    tell(open, null)
  }

  /** When its file may have changed. One that editors replace is gone for a moment, and back at the next look. */
  const look = async (open: Open): Promise<void> => {
    try {
      await refresh(open)
    } catch {
      if (open.gone || existsSync(open.draft.file)) return
      open.gone = true
      tell(open, null)
    }
  }

  const change = async (
    open: Open,
    { revision, editor }: Change,
    edit: (text: string) => Edited | Promise<Edited>,
  ): Promise<DraftEdit> => {
    await refresh(open)
    if (revision !== open.draft.revision) throw movedOn(open.draft.file)
    const { text, splices, inverse } = await edit(open.draft.text)
    const { file } = open.draft
    if (splices.length > 0) {
      await writeFlowFile(file, text)
      world.trust.carry({ file, text: open.draft.text }, { file, text })
      const flow = await world.reader.locate({ from: 'file', path: file, cwd: '/' })
      open.draft = await draftOf(world, { ...flow, text }, revision + 1)
      tell(open, editor)
    }
    const { content, savedAt } = open.draft
    return { file, revision: open.draft.revision, splices, inverse, content, savedAt }
  }

  const openAt = async (file: string): Promise<Open> =>
    openFile(await world.reader.locate({ from: 'file', path: file, cwd: '/' }))

  return {
    open: async (source) => {
      if (source.from === 'file' && source.path.startsWith('block:')) throw readOnly(source.path)
      const open = await openFile(await world.reader.locate(source))
      return open.turn(async () => {
        await refresh(open)
        return open.draft
      })
    },
    edit: async (request) => {
      const open = await openAt(request.file)
      return open.turn(() => change(open, request, (text) => applyEdit(text, request.operation)))
    },
    copyTasks: async ({ file, tasks }) => {
      const open = await openAt(file)
      return open.turn(async () => {
        await refresh(open)
        return { text: copyTasks(open.draft.text, tasks) }
      })
    },
    pasteTasks: async (request) => {
      const open = await openAt(request.file)
      return open.turn(() => change(open, request, (text) => pasteTasks(text, request)))
    },
    files: () => [...drafts.keys()],
    rewrite: async (file, edit) => {
      const open = await openAt(file)
      await open.turn(async () => {
        await refresh(open)
        await change(open, { revision: open.draft.revision, editor: null }, edit)
      })
    },
    change: async (request, edit) => {
      const open = await openAt(request.file)
      return open.turn(() => change(open, request, edit))
    },
    writeBack: async (file) => {
      const open = drafts.get(file)
      if (!open) throw notOpen(file)
      return open.turn(async () => {
        if (existsSync(file)) throw isThere(file)
        await mkdir(path.dirname(file), { recursive: true })
        await writeFlowFile(file, open.draft.text)
        await refresh(open)
        return open.draft
      })
    },
    watch: async function* (file, signal) {
      // Of one whose file is gone there is still what it held.
      const open = drafts.get(file) ?? (await openAt(file))
      yield* watchDraft(open, signal, () => void open.turn(() => look(open)))
    },
  }
}

const tell = ({ draft, gone, watchers }: Open, editor: string | null): void => {
  for (const watcher of watchers) watcher({ editor, draft, gone })
}

const notOpen = (file: string): Refused =>
  new Refused({
    code: 'not-found',
    message: `What ${path.basename(file)} held is not known any more. Look into Versions.`,
  })

const isThere = (file: string): Refused =>
  new Refused({
    code: 'conflict',
    message: `${path.basename(file)} is there again. Open the flow anew to see what it holds.`,
  })

const movedOn = (file: string): Refused =>
  new Refused({
    code: 'conflict',
    message: `${path.basename(file)} was changed elsewhere in the meantime. Look at what it holds now and make the change again.`,
  })

async function* watchDraft(open: Open, signal: AbortSignal, look: () => void): AsyncGenerator<DraftNews> {
  const news: DraftNews[] = [{ editor: null, draft: open.draft, gone: open.gone }]
  let wake = () => {}
  const tellMe: Tell = (one) => {
    news.push(one)
    wake()
  }
  open.watchers.add(tellMe)
  const stop = watchFile(open.draft.file, look)
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    while (!signal.aborted) {
      yield* news.splice(0)
      if (news.length > 0 || signal.aborted) continue
      await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    stop()
    open.watchers.delete(tellMe)
  }
}

const draftOf = async ({ reader, library, now }: DraftsWorld, flow: FlowText, revision: number): Promise<FlowDraft> => {
  const file = flow.file ?? ''
  const name = path.basename(file, '.yaml')
  return {
    file,
    library: path.dirname(file) === path.resolve(library) && file.endsWith('.yaml') ? name : null,
    revision,
    text: flow.text,
    content: await contentOf(reader, flow),
    savedAt: now(),
  }
}

const contentOf = async (reader: FlowReader, flow: FlowText): Promise<FlowContent> => {
  const { value, problems } = await reader.read(flow)
  return { value, problems }
}

const readOnly = (flow: string): Refused =>
  new Refused({
    code: 'denied',
    message: `${flow} is in a repository, which is read only here. Import the flow to change it.`,
  })
