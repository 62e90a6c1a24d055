import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { faultOfId, renameTask } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { makeEdit } from './make-edit.ts'
import { closeTool, openTool, useIsRenaming } from './tools.ts'
import { focusCanvas } from './view.ts'
import classes from './task-node.module.css'

const RenameInput = ({ task }: { task: string }) => {
  const { engine } = useWorld()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(task)
  const outline = useFlow((state) => state.outline)
  const fault = faultOfId(outline, task, text)
  useEffect(() => input.current?.select(), [])
  const leave = (keep: boolean) => {
    closeTool()
    if (keep && fault === null && text !== task) void makeEdit(engine, renameTask(task, text))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter' && fault !== null) return
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    leave(event.key === 'Enter')
    focusCanvas()
  }
  return (
    <>
      <input
        ref={input}
        className={`nodrag nopan ${classes['rename'] ?? ''}`}
        aria-label={`New name of ${task}`}
        aria-invalid={fault !== null}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => leave(true)}
      />
      {fault !== null && (
        <span className={classes['fault']} role="alert">
          {fault}
        </span>
      )}
    </>
  )
}

/** The id of a task; double click or F2 makes it an input. */
export const TaskTitle = ({ task }: { task: string }) => {
  const renaming = useIsRenaming(task)
  if (renaming) return <RenameInput task={task} />
  return (
    <div
      className={classes['title']}
      title={task}
      data-title
      onDoubleClick={(event) => {
        event.stopPropagation()
        openTool({ tool: 'rename', id: task })
      }}
    >
      {task}
    </div>
  )
}
