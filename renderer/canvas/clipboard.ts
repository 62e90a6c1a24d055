import { notifications } from '@mantine/notifications'
import type { Engine } from '#renderer/rpc/engine.ts'
import { failureOfCall } from '#core/api/client.ts'
import { pasteTasks, useFlow } from '#renderer/stores/flow.ts'
import { useSelection, selectTasks } from '#renderer/stores/selection.ts'
import { nodeSize, freePlace } from './layout.ts'
import { centre } from './view.ts'
import type { Position } from '#renderer/stores/outline.ts'

const write = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

const say = (title: string, message: string): void => void notifications.show({ title, message, color: 'red' })

/** The selected tasks as YAML in the system's clipboard. */
export const copySelected = async (engine: Engine): Promise<boolean> => {
  const { draft } = useFlow.getState()
  const { tasks } = useSelection.getState()
  if (!draft || tasks.length === 0) return false
  try {
    const { text } = await engine.client.flows.copyTasks({ file: draft.file, tasks: [...tasks] })
    const done = await write(text)
    if (!done) say('Nothing was copied', 'The clipboard cannot be written here. Allow it for this page.')
    return done
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

/** Adds the tasks of a text at the pointer, or in the middle. */
export const paste = async (engine: Engine, text: string): Promise<void> => {
  const { outline } = useFlow.getState()
  const [x, y] = pointer ?? centre()
  const before = new Set(outline.tasks.map(({ id }) => id))
  const place = freePlace(outline, [x - nodeSize.width / 2, y - nodeSize.height / 2])
  if (!(await pasteTasks(engine, text, place))) return
  const added = useFlow.getState().outline.tasks.filter(({ id }) => !before.has(id))
  selectTasks(added.map(({ id }) => id))
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
