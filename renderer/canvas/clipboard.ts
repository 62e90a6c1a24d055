import { notifications } from '@mantine/notifications'
import type { Engine } from '#renderer/rpc/engine.ts'
import { failureOfCall } from '#core/api/client.ts'
import { several } from '#renderer/stores/edits.ts'
import { pasteTasks, useFlow } from '#renderer/stores/flow.ts'
import { selectTasks, useSelection, type SelectionState } from '#renderer/stores/selection.ts'
import { nodeSize, freePlace } from './layout.ts'
import { centre } from './view.ts'
import type { Position } from '#renderer/stores/outline.ts'
import { copyText } from '#renderer/ui/copy-text.ts'

const say = (title: string, message: string): void => void notifications.show({ title, message, color: 'red' })

/** The selected tasks as YAML in the system's clipboard. */
export const copySelected = async (engine: Engine): Promise<boolean> => {
  const { draft } = useFlow.getState()
  const { tasks } = useSelection.getState()
  if (!draft || tasks.length === 0) return false
  try {
    const { text } = await engine.client.flows.copyTasks({ file: draft.file, tasks: [...tasks] })
    return await copyText(text, `Copied ${several(tasks.length, tasks[0] ?? '', 'tasks')}.`)
  } catch (error) {
    say('Nothing was copied', failureOfCall(error).message)
    return false
  }
}

let pointer: Position | null = null

/** Where the pointer is on the plane, while it is on the canvas. */
export const trackPointer = (at: Position | null): void => {
  pointer = at
}

export const pointerPlace = (): Position | null => pointer

/** What the last paste has selected: one that began before that may select what it brought as well. */
let pasted: SelectionState | null = null

const isSame = (a: SelectionState, b: SelectionState): boolean =>
  (['tasks', 'wires', 'marks'] as const).every(
    (kind) => a[kind].length === b[kind].length && a[kind].every((id, index) => id === b[kind][index]),
  )

/** Adds the tasks of a text at the pointer, or in the middle; they are selected unless somebody has chosen otherwise since. */
export const paste = async (engine: Engine, text: string): Promise<void> => {
  const { outline } = useFlow.getState()
  const [x, y] = pointer ?? centre()
  const chosen = useSelection.getState()
  const before = new Set(outline.tasks.map(({ id }) => id))
  const place = freePlace(outline, [x - nodeSize.width / 2, y - nodeSize.height / 2])
  if (!(await pasteTasks(engine, text, place))) return
  const added = useFlow.getState().outline.tasks.filter(({ id }) => !before.has(id))
  const now = useSelection.getState()
  if (!isSame(now, chosen) && !(pasted && isSame(now, pasted))) return
  selectTasks(added.map(({ id }) => id))
  pasted = useSelection.getState()
}

/** For menus. Where the page may not read by itself, the key does. */
export const pasteFromClipboard = async (engine: Engine): Promise<void> => {
  let text: string
  try {
    text = await navigator.clipboard.readText()
  } catch {
    say('The clipboard cannot be read from here', 'Press Ctrl+V (⌘V on a Mac) on the canvas instead.')
    return
  }
  await paste(engine, text)
}
