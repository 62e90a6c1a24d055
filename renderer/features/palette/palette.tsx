import { TextInput } from '@mantine/core'
import { Search } from 'lucide-react'
import { useMemo, useState, type DragEvent } from 'react'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { addAtCentre } from '#renderer/canvas/add-tasks.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { paletteMimeType } from '#renderer/stores/dragging.ts'
import { useSession } from '#renderer/stores/session.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import { byGroup, groupTitles, searchTypes } from '#renderer/stores/type-search.ts'
import classes from './palette.module.css'

const startDrag = (event: DragEvent, type: string): void => {
  event.dataTransfer.setData(paletteMimeType, type)
  event.dataTransfer.effectAllowed = 'copy'
}

const Entry = ({ type, add }: { type: TaskTypeSummary; add: (type: string) => void }) => (
  <button
    type="button"
    className={classes['entry']}
    data-group={type.group}
    title={type.summary}
    draggable
    onDragStart={(event) => startDrag(event, type.type)}
    onDoubleClick={() => add(type.type)}
    onKeyDown={(event) => {
      if (event.key !== 'Enter') return
      event.preventDefault()
      add(type.type)
    }}
  >
    <TaskIcon name={type.icon} size={16} />
    {type.title}
  </button>
)

/** Every task type, to drag onto the canvas; double click or Enter adds it at once. */
export const Palette = () => {
  const { engine } = useWorld()
  const add = (type: string) => void addAtCentre(engine, type)
  const types = useSession((session) => session.taskTypes)
  const [text, setText] = useState('')
  const found = useMemo(() => searchTypes(types.values(), text), [types, text])
  const groups = useMemo(() => byGroup(found), [found])
  return (
    <div className={classes['palette']}>
      <TextInput
        size="xs"
        placeholder="Search tasks"
        aria-label="Search tasks"
        leftSection={<Search size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = found
          if (event.key === 'Enter' && text !== '' && first) add(first.type)
        }}
      />
      <div className={classes['groups']}>
        {groups.map(([group, members]) => (
          <section key={group} aria-label={groupTitles[group]}>
            <h2 className={classes['heading']}>{groupTitles[group]}</h2>
            {members.map((type) => (
              <Entry key={type.type} type={type} add={add} />
            ))}
          </section>
        ))}
        {groups.length === 0 && <p className={classes['none']}>No task fits “{text}”.</p>}
      </div>
    </div>
  )
}
