import type { Former } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { JsonTree } from '#renderer/ui/json-tree.tsx'
import classes from './former-settings.module.css'

/** How a task was set in a former state of the flow. */
export const FormerSettings = ({ former, task }: { former: Former; task: TaskOutline | null }) => (
  <div className={classes['panel']}>
    <h2>{task ? task.id : former.title}</h2>
    <p>
      {task ? `As it was in ${former.title.toLowerCase()}.` : 'Select a task to see how it was set.'} Nothing can be
      changed here: restore it, or go back to now.
    </p>
    {task && <JsonTree value={task.raw} />}
  </div>
)
