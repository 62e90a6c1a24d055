import { useMemo, useState } from 'react'
import { useFlow } from '#renderer/stores/flow.ts'
import { taskOf, type TaskOutline } from '#renderer/stores/outline.ts'
import { selectTasks } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'
import { TaskIcon } from '#renderer/ui/task-icon.tsx'
import { placeOf } from './layout.ts'
import { Picker } from './picker.tsx'
import { reveal } from './view.ts'
import classes from './picker.module.css'

type Types = ReadonlyMap<string, TaskTypeSummary>

/** The id counts most, then what the task is, then what it is set to. */
const scoreOf = ({ id, type, raw }: TaskOutline, types: Types, words: readonly string[]): number => {
  const title = `${type} ${types.get(type)?.title ?? ''}`.toLowerCase()
  const settings = JSON.stringify(raw).toLowerCase()
  const scores = words.map((word) => {
    if (id.includes(word)) return id.startsWith(word) ? 4 : 3
    return title.includes(word) ? 2 : settings.includes(word) ? 1 : 0
  })
  return scores.includes(0) ? 0 : scores.reduce<number>((sum, score) => sum + score, 0)
}

const most = 100

/** Goes to a task by id, type or setting. Enter walks from one to the next. */
export const FindTask = () => {
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const [text, setText] = useState('')
  const [walked, setWalked] = useState<string | null>(null)
  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return []
    return outline.tasks
      .map((task) => ({ task, score: scoreOf(task, types, words) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, most)
      .map(({ task }) => task)
  }, [outline, types, text])
  const goTo = (id: string) => {
    const task = taskOf(outline, id)
    if (!task) return
    selectTasks([id])
    reveal(placeOf(outline, task), true)
    setWalked(id)
  }
  /** Enter on the one that is shown already means the one after it. */
  const pick = (id: string) => {
    const at = found.findIndex((task) => task.id === walked)
    const next = id === found[0]?.id && walked !== null ? found[(at + 1) % found.length]?.id : id
    goTo(next ?? id)
  }
  const at = found.findIndex(({ id }) => id === walked)
  return (
    <Picker
      label="Find a task"
      placeholder="Find by name, type or setting"
      at={null}
      text={text}
      onText={(next) => {
        setText(next)
        setWalked(null)
      }}
      choices={found.map(({ id, type }) => ({
        id,
        title: id,
        detail: types.get(type)?.title ?? type,
        icon: <TaskIcon name={types.get(type)?.icon ?? 'circle-help'} size={16} />,
      }))}
      none={text === '' ? 'Enter goes from one to the next.' : `No task holds “${text}”.`}
      onPick={({ id }) => pick(id)}
      aside={
        text !== '' && (
          <span className={classes['detail']} role="status">
            {found.length === 0 ? 'none' : `${at < 0 ? '–' : at + 1} of ${found.length}`}
          </span>
        )
      }
    />
  )
}
