import { useMemo, useState } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useSession } from '#renderer/stores/session.ts'
import { groupTitles, searchTypes } from '#renderer/stores/type-search.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import { addFound, fits } from './add-tasks.ts'
import { Picker } from './picker.tsx'
import { closeTool, type QuickAdd as Request } from './tools.ts'
import { focusCanvas } from './view.ts'

/** Adds a task where the pointer is; only types that fit when a wire asks for one. */
export const QuickAdd = ({ add }: { add: Request }) => {
  const { engine } = useWorld()
  const types = useSession((session) => session.taskTypes)
  const [text, setText] = useState('')
  const choices = useMemo(
    () =>
      searchTypes(types.values(), text)
        .filter((type) => fits(type, add.wiring))
        .map((type) => ({
          id: type.type,
          title: type.title,
          detail: groupTitles[type.group],
          icon: <TaskIcon name={type.icon} size={16} />,
        })),
    [types, text, add],
  )
  return (
    <Picker
      label="Add a task"
      placeholder={add.wiring === null ? 'Add a task' : 'Add a task that fits'}
      at={add.at}
      text={text}
      onText={setText}
      choices={choices}
      none={text === '' ? 'No task type fits this wire.' : `No task fits “${text}”.`}
      onPick={({ id }) => {
        const type = types.get(id)
        closeTool()
        focusCanvas()
        if (type) void addFound(engine, type, add)
      }}
    />
  )
}
