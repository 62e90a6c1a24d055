import { ActionIcon, Tooltip } from '@mantine/core'
import { ArrowDown, ArrowUp, Cable, ChevronDown, ChevronRight, Pencil, Plus, Trash2 } from 'lucide-react'
import { useEffect, useMemo, type MouseEvent } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useFlow } from '#renderer/stores/flow.ts'
import { selectTasks, useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import { actionsOn, pressOnTree } from './tree-actions.ts'
import { ask, focusTree, fold, lookAt, treeId, useOutlineView } from './outline-store.ts'
import { Question } from './question.tsx'
import { treeOf, type TreeItem } from './tree-items.ts'
import classes from './outline-view.module.css'

const levelOf = ({ kind }: TreeItem): number => (kind === 'task' ? 1 : 2)

const Line = ({ item, isCurrent }: { item: TreeItem; isCurrent: boolean }) => {
  const Chevron = item.kind === 'task' && item.expanded ? ChevronDown : ChevronRight
  return (
    <div
      id={`outline ${item.key}`}
      role="treeitem"
      className={classes['item']}
      aria-level={levelOf(item)}
      aria-selected={isCurrent}
      aria-expanded={item.kind === 'task' ? item.expanded : undefined}
      aria-label={`${item.text}, ${item.detail}`}
      title={`${item.text} · ${item.detail}`}
      data-kind={item.kind}
      data-open={(item.kind === 'input' && !item.connected) || undefined}
      tabIndex={-1}
      data-key={item.key}
    >
      {item.kind === 'task' && (
        <span className={classes['fold']} data-fold>
          <Chevron size={14} aria-hidden />
        </span>
      )}
      <span className={classes['text']}>{item.text}</span> <span className={classes['detail']}>{item.detail}</span>
    </div>
  )
}

const Actions = ({ item }: { item: TreeItem | undefined }) => {
  const { engine } = useWorld()
  const actions = actionsOn(engine, item)
  const buttons = [
    { title: 'Add a task after this (A)', icon: Plus, run: () => ask({ what: 'add' }) },
    { title: 'Connect … (C)', icon: Cable, run: actions.connect },
    { title: 'Rename (F2)', icon: Pencil, run: actions.rename },
    { title: 'Move up (Alt+↑)', icon: ArrowUp, run: actions.moveUp },
    { title: 'Move down (Alt+↓)', icon: ArrowDown, run: actions.moveDown },
    { title: 'Delete or disconnect (Delete)', icon: Trash2, run: actions.remove },
  ]
  return (
    <div role="toolbar" aria-label="Outline" className={classes['actions']}>
      {buttons.map(({ title, icon: Icon, run }) => (
        <Tooltip key={title} label={title} openDelay={300}>
          <ActionIcon variant="subtle" color="gray" aria-label={title} disabled={run === null} onClick={() => run?.()}>
            <Icon size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  )
}

/** The line of the task that is selected elsewhere becomes the current one. */
const useCurrent = (items: readonly TreeItem[]): TreeItem | undefined => {
  const current = useOutlineView((state) => state.current)
  const selected = useSelection((state) => (state.tasks.length === 1 ? state.tasks[0] : undefined))
  const found = items.find(({ key }) => key === current)
  useEffect(() => {
    if (selected !== undefined && found?.task !== selected) lookAt(selected)
  }, [selected, found?.task])
  return found ?? items[0]
}

const clickOnTree = ({ target }: MouseEvent, items: readonly TreeItem[]): void => {
  const line = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null
  const item = items.find(({ key }) => key === line?.dataset['key'])
  if (!item) return
  if (item.kind === 'task' && target instanceof Element && target.closest('[data-fold]'))
    return fold(item.task, item.expanded)
  lookAt(item.key)
  selectTasks([item.task])
  focusTree()
}

/** The flow as a tree, in which it can be built and wired with the keyboard alone. */
export const OutlineView = () => {
  const { engine } = useWorld()
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const closed = useOutlineView((state) => state.closed)
  const asking = useOutlineView((state) => state.asking)
  const items = useMemo(() => treeOf(outline, types, closed), [outline, types, closed])
  const current = useCurrent(items)
  useEffect(() => {
    if (current) document.getElementById(`outline ${current.key}`)?.scrollIntoView({ block: 'nearest' })
  }, [current])
  return (
    <div className={classes['outline']}>
      <Actions item={current} />
      <div
        id={treeId}
        className={classes['tree']}
        role="tree"
        aria-label="Outline of the flow"
        aria-activedescendant={current ? `outline ${current.key}` : undefined}
        tabIndex={0}
        onClick={(event) => clickOnTree(event, items)}
        onKeyDown={(event) => pressOnTree(event, { engine, items, current })}
      >
        {items.map((item) => (
          <Line key={item.key} item={item} isCurrent={item.key === current?.key} />
        ))}
        {items.length === 0 && <p className={classes['none']}>No tasks yet. Press A to add the first.</p>}
      </div>
      {asking && <Question asking={asking} after={current?.task ?? null} />}
    </div>
  )
}
