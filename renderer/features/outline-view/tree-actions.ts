import type { KeyboardEvent } from 'react'
import type { EditOperation } from '#core/model/flow-edit.ts'
import type { Engine } from '#renderer/rpc/engine.ts'
import { makeEdit } from '#renderer/canvas/make-edit.ts'
import { removeTasks } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { wiresInto } from '#renderer/stores/outline.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { ask, fold, lookAt } from './outline-store.ts'
import type { TreeItem } from './tree-items.ts'

/** What can be done with a line; null where it cannot. */
export type TreeActions = Readonly<Record<'connect' | 'rename' | 'remove' | 'moveUp' | 'moveDown', (() => void) | null>>

const none: TreeActions = { connect: null, rename: null, remove: null, moveUp: null, moveDown: null }

/** Among its neighbours in the text. */
const move = (task: string, direction: -1 | 1): EditOperation | null => {
  const ids = useFlow.getState().outline.tasks.map(({ id }) => id)
  const at = ids.indexOf(task)
  const before = direction < 0 ? ids[at - 1] : ids[at + 2]
  if (at + direction < 0 || at + direction >= ids.length) return null
  return { kind: 'move-key', path: ['tasks'], key: task, ...(before !== undefined && { before }) }
}

const moving = (engine: Engine, task: string, direction: -1 | 1): (() => void) | null => {
  const operation = move(task, direction)
  return operation && (() => void makeEdit(engine, { label: `Move ${task}`, operation, added: [] }))
}

const remove = (engine: Engine, item: TreeItem): (() => void) | null => {
  const { outline } = useFlow.getState()
  const wires = wiresInto(outline, item.task)
  switch (item.kind) {
    case 'task':
      return () => void makeEdit(engine, removeTasks(outline, [item.task], []))
    case 'input':
      if (!item.connected) return null
      return () =>
        void makeEdit(
          engine,
          removeTasks(
            outline,
            [],
            wires.filter(({ to }) => to.port === item.port),
          ),
        )
    case 'after':
      return () =>
        void makeEdit(
          engine,
          removeTasks(
            outline,
            [],
            wires.filter(({ from, by }) => by === 'after' && from.task === item.other),
          ),
        )
    default:
      return null
  }
}

export const actionsOn = (engine: Engine, item: TreeItem | undefined): TreeActions => {
  if (!item) return none
  const { task } = item
  return {
    connect: () =>
      item.kind === 'input'
        ? ask({ what: 'take', task, port: item.port })
        : ask({ what: 'give', task, port: item.kind === 'output' ? item.port : null }),
    rename: item.kind === 'task' ? () => ask({ what: 'rename', task }) : null,
    remove: remove(engine, item),
    moveUp: item.kind === 'task' ? moving(engine, task, -1) : null,
    moveDown: item.kind === 'task' ? moving(engine, task, 1) : null,
  }
}

type On = { readonly engine: Engine; readonly items: readonly TreeItem[]; readonly current: TreeItem | undefined }

const goTo = (item: TreeItem | undefined): void => {
  if (!item) return
  lookAt(item.key)
  selectTasks([item.task])
}

/** Out to the task, or into its lines. */
const inOrOut = ({ items, current }: On, inwards: boolean): void => {
  if (!current) return
  if (current.kind !== 'task') {
    if (!inwards) goTo(items.find(({ key }) => key === current.task))
  } else if (current.expanded !== inwards) fold(current.task, !inwards)
  else if (inwards) goTo(items[items.indexOf(current) + 1])
}

const steps: Readonly<Record<string, (on: On) => TreeItem | undefined>> = {
  ArrowDown: ({ items, current }) => items[current ? items.indexOf(current) + 1 : 0],
  ArrowUp: ({ items, current }) => (current ? items[items.indexOf(current) - 1] : undefined),
  Home: ({ items }) => items[0],
  End: ({ items }) => items.at(-1),
}

const act = (key: string, on: On): boolean => {
  const actions = actionsOn(on.engine, on.current)
  switch (key) {
    case 'a':
      ask({ what: 'add' })
      return true
    case 'c':
      actions.connect?.()
      return true
    case 'Enter':
      if (on.current?.kind === 'task') fold(on.current.task, on.current.expanded)
      else actions.connect?.()
      return true
    case 'F2':
      actions.rename?.()
      return true
    case 'Delete':
    case 'Backspace':
      actions.remove?.()
      return true
    default:
      return false
  }
}

/** Keys of the tree. */
export const pressOnTree = (event: KeyboardEvent, on: On): void => {
  const { key, altKey, ctrlKey, metaKey } = event
  if (ctrlKey || metaKey) return
  const actions = actionsOn(on.engine, on.current)
  if (altKey && (key === 'ArrowUp' || key === 'ArrowDown')) (key === 'ArrowUp' ? actions.moveUp : actions.moveDown)?.()
  else if (key === 'ArrowRight' || key === 'ArrowLeft') inOrOut(on, key === 'ArrowRight')
  else if (steps[key]) goTo(steps[key](on))
  else if (altKey || !act(key.length === 1 ? key.toLowerCase() : key, on)) return
  event.preventDefault()
}
