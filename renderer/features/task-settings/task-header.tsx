import { Button, Group } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { runCommand } from '#renderer/stores/commands.ts'
import { faultOfId, renameTask } from '#renderer/stores/edits.ts'
import { changeFlow, useFlow } from '#renderer/stores/flow.ts'
import type { TaskOutline } from '#renderer/stores/outline.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import classes from './task-settings.module.css'

const RenameInput = ({ id, done }: { id: string; done: (to: string | null) => void }) => {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(id)
  const left = useRef(false)
  const outline = useFlow((state) => state.outline)
  const fault = faultOfId(outline, id, text)
  useEffect(() => input.current?.select(), [])
  const leave = (to: string | null) => {
    if (left.current) return
    left.current = true
    done(to === id ? null : to)
  }
  return (
    <span style={{ flex: 1, minWidth: 0 }}>
      <input
        ref={input}
        className={classes['id']}
        aria-label="Name of the task"
        aria-invalid={fault !== null}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && fault === null) leave(text)
          if (event.key === 'Escape') leave(null)
        }}
        onBlur={() => leave(fault === null ? text : null)}
      />
      {fault !== null && (
        <span role="alert" className={classes['summary']}>
          {fault}
        </span>
      )}
    </span>
  )
}

const SubflowButtons = () => (
  <Group gap={8} mt={8}>
    <Button variant="default" size="compact-xs" onClick={() => runCommand('canvas.open-subflow')}>
      Open the subflow
    </Button>
    <Button variant="default" size="compact-xs" onClick={() => runCommand('task.bring-in')}>
      Bring it back in
    </Button>
  </Group>
)

/** What the task is, and its name, which can be changed in place. */
export const TaskHeader = ({ task, type }: { task: TaskOutline; type: TaskTypeSummary | undefined }) => {
  const { engine } = useWorld()
  const [renaming, setRenaming] = useState(false)
  const rename = async (to: string | null) => {
    setRenaming(false)
    if (to === null) return
    const { label, operation } = renameTask(task.id, to)
    if (await changeFlow(engine, label, operation)) selectTasks([to])
  }
  return (
    <header className={classes['header']}>
      <div className={classes['title']}>
        <TaskIcon name={type?.icon ?? 'circle-help'} />
        {renaming ? (
          <RenameInput id={task.id} done={(to) => void rename(to)} />
        ) : (
          <button
            type="button"
            className={classes['id']}
            title="Rename (F2)"
            aria-label={`Rename ${task.id}`}
            onClick={() => setRenaming(true)}
          >
            {task.id}
          </button>
        )}
        <span className={classes['kind']}>{type?.title ?? task.type}</span>
      </div>
      {type && <p className={classes['summary']}>{type.summary}</p>}
      {task.type === 'flow.run' && <SubflowButtons />}
    </header>
  )
}
