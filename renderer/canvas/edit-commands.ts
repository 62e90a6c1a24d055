import type { Engine } from '#renderer/rpc/engine.ts'
import type { Command } from '#renderer/stores/commands.ts'
import { batch, duplicateTasks, removeTasks, setDisabled } from '#renderer/stores/edits.ts'
import { redo, undo, useFlow, type Step } from '#renderer/stores/flow.ts'
import { addMark, markOf, removeMarks } from '#renderer/stores/marks.ts'
import { taskOf, type Mark } from '#renderer/stores/outline.ts'
import { select, useSelection } from '#renderer/stores/selection.ts'
import { subflowCommands } from './subflow-commands.ts'
import { copySelected, pasteFromClipboard, pointerPlace } from './clipboard.ts'
import { boundsOf } from './layout.ts'
import { makeEdit } from './make-edit.ts'
import { wireOf } from './scene.ts'
import { openTool } from './tools.ts'
import { centre } from './view.ts'

const nothingSelected = () => {
  const { tasks, wires, marks } = useSelection.getState()
  return tasks.length + wires.length + marks.length === 0 ? 'Nothing is selected.' : null
}

const noTaskSelected = () => (useSelection.getState().tasks.length === 0 ? 'No task is selected.' : null)

const remove = async (engine: Engine): Promise<void> => {
  const { tasks, wires, marks } = useSelection.getState()
  const { outline } = useFlow.getState()
  const gone = removeTasks(
    outline,
    tasks,
    wires.flatMap((id) => wireOf(outline, id) ?? []),
  )
  const marked = removeMarks(marks.flatMap((id) => markOf(outline, id) ?? []))
  const label = tasks.length + wires.length > 0 ? gone.label : marked.label
  const operation = batch([gone.operation, marked.operation].filter((one) => one.kind !== 'batch' || one.operations.length > 0)) // prettier-ignore
  if (await makeEdit(engine, { label, operation, added: [] })) select({})
}

const toggleDisabled = (engine: Engine): Promise<boolean> => {
  const { tasks } = useSelection.getState()
  const { outline } = useFlow.getState()
  const disabled = tasks.some((id) => taskOf(outline, id)?.raw['disabled'] !== true)
  return makeEdit(engine, setDisabled(tasks, disabled))
}

const cut = async (engine: Engine): Promise<void> => {
  if (await copySelected(engine)) await remove(engine)
}

const frameMargin = { side: 24, top: 40 } as const

/** A frame is put around what is selected. */
const newMark = (kind: Mark['kind']): Omit<Mark, 'id'> => {
  const { outline } = useFlow.getState()
  const { tasks } = useSelection.getState()
  const around = kind === 'frame' && tasks.length > 0 ? boundsOf(outline, new Set(tasks)) : null
  const [x, y] = (pointerPlace() ?? centre()).map(Math.round) as [number, number]
  const text = kind === 'frame' ? 'Group' : ''
  if (!around) {
    const size = kind === 'frame' ? ([480, 240] as const) : ([200, 96] as const)
    return { kind, text, size, position: [Math.round(x - size[0] / 2), Math.round(y - size[1] / 2)] }
  }
  const { side, top } = frameMargin
  return {
    kind,
    text,
    position: [around.x - side, around.y - top],
    size: [around.width + 2 * side, around.height + top + side],
  }
}

const addMarkHere = async (engine: Engine, kind: Mark['kind']): Promise<void> => {
  const edit = addMark(useFlow.getState().outline, newMark(kind))
  if (!(await makeEdit(engine, edit))) return
  select({ marks: [edit.mark] })
  openTool({ tool: 'rename', id: edit.mark })
}

const rename = (): void => {
  const { tasks, marks } = useSelection.getState()
  const id = tasks[0] ?? marks[0]
  if (id !== undefined) openTool({ tool: 'rename', id })
}

/** `Undo move clean`: what the last step of these was. */
const named = (verb: string, steps: readonly Step[]): string => {
  const last = steps.at(-1)
  return last ? `${verb} ${last.label.toLowerCase()}` : verb
}

const history = (engine: Engine): readonly Command[] => [
  {
    id: 'edit.undo',
    title: 'Undo',
    titleNow: () => named('Undo', useFlow.getState().undo),
    group: 'Edit',
    keys: ['Mod+Z'],
    disabled: () => (useFlow.getState().undo.length === 0 ? 'There is nothing to undo.' : null),
    run: () => undo(engine),
  },
  {
    id: 'edit.redo',
    title: 'Redo',
    titleNow: () => named('Redo', useFlow.getState().redo),
    group: 'Edit',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    disabled: () => (useFlow.getState().redo.length === 0 ? 'There is nothing to redo.' : null),
    run: () => redo(engine),
  },
]

const clipboard = (engine: Engine): readonly Command[] => [
  { id: 'task.copy', title: 'Copy', role: 'copy', group: 'Edit', keys: ['Mod+C'], scope: 'canvas', disabled: noTaskSelected, run: async () => void (await copySelected(engine)) },
  { id: 'task.cut', title: 'Cut', role: 'cut', group: 'Edit', keys: ['Mod+X'], scope: 'canvas', disabled: noTaskSelected, run: () => cut(engine) },
  { id: 'task.paste', title: 'Paste', role: 'paste', group: 'Edit', keys: ['Mod+V'], scope: 'canvas', byPage: true, run: () => pasteFromClipboard(engine) },
] // prettier-ignore

/** What changes the flow. */
export const editCommands = (engine: Engine): readonly Command[] => [
  ...history(engine),
  ...clipboard(engine),
  ...subflowCommands(engine),
  {
    id: 'task.delete',
    title: 'Delete',
    group: 'Edit',
    keys: ['Delete', 'Backspace'],
    scope: 'canvas',
    disabled: nothingSelected,
    run: () => remove(engine),
  },
  {
    id: 'task.duplicate',
    title: 'Duplicate',
    group: 'Edit',
    keys: ['Mod+D'],
    disabled: noTaskSelected,
    run: async () =>
      void (await makeEdit(engine, duplicateTasks(useFlow.getState().outline, useSelection.getState().tasks))),
  },
  {
    id: 'task.disable',
    title: 'Disable or enable',
    group: 'Edit',
    keys: ['Mod+Shift+D'],
    disabled: noTaskSelected,
    run: async () => void (await toggleDisabled(engine)),
  },
  {
    id: 'task.rename',
    title: 'Rename',
    group: 'Edit',
    keys: ['F2'],
    disabled: () => {
      const { tasks, marks } = useSelection.getState()
      return tasks.length + marks.length === 1 ? null : 'Select one task, note or frame.'
    },
    run: rename,
  },
  {
    id: 'canvas.select-all',
    title: 'Select all tasks',
    group: 'Edit',
    keys: ['Mod+A'],
    scope: 'canvas',
    run: () => select({ tasks: useFlow.getState().outline.tasks.map(({ id }) => id) }),
  },
  { id: 'canvas.note', title: 'Add note', group: 'Edit', keys: ['N'], scope: 'canvas', run: () => addMarkHere(engine, 'note') },
  { id: 'canvas.frame', title: 'Group in a frame', group: 'Edit', keys: ['G'], scope: 'canvas', run: () => addMarkHere(engine, 'frame') },
] // prettier-ignore
