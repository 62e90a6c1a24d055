import { useFlow } from '#renderer/stores/flow.ts'
import { taskOf } from '#renderer/stores/outline.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import { ConnectTo } from './connect-to.tsx'
import { ExtractTasks } from './extract-tasks.tsx'
import { FindTask } from './find-task.tsx'
import { QuickAdd } from './quick-add.tsx'
import { useTools } from './tools.ts'

const OpenTool = () => {
  const open = useTools((tools) => tools.open)
  switch (open?.tool) {
    case 'add':
      return <QuickAdd key={open.add.at.join()} add={open.add} />
    case 'connect':
      return <ConnectTo key={open.task} task={open.task} />
    case 'extract':
      return <ExtractTasks key={open.tasks.join()} tasks={open.tasks} />
    case 'find':
      return <FindTask />
    default:
      return null
  }
}

/** Tells who cannot see it what is selected. */
const Announcement = () => {
  const text = useSelection(({ tasks, wires, marks }) => {
    const count = tasks.length + wires.length + marks.length
    if (count !== 1) return count === 0 ? '' : `${count} selected`
    return tasks[0] ?? wires[0]?.replace('->', ' to ') ?? marks[0] ?? ''
  })
  const title = useFlow(({ outline }) => taskOf(outline, text)?.type ?? '')
  const type = useSession((session) => session.taskTypes.get(title)?.title ?? '')
  return (
    <p className="announcement" role="status" aria-label="Selection">
      {type === '' ? text : `${text}, ${type}`}
    </p>
  )
}

const EmptyHint = () => {
  const empty = useFlow(({ outline }) => outline.tasks.length + outline.marks.length === 0)
  const open = useTools((tools) => tools.open !== null)
  if (!empty || open) return null
  return <p className="empty-hint">Drag a task here, or double click to add one.</p>
}

/** What floats over the canvas. */
export const CanvasTools = () => (
  <>
    <EmptyHint />
    <OpenTool />
    <Announcement />
  </>
)
