import { useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react'
import { makeEdit } from '#renderer/canvas/make-edit.ts'
import { useWorld } from '#renderer/rpc/world.tsx'
import { faultOfId, renameTask } from '#renderer/stores/edits.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { useSelection } from '#renderer/stores/selection.ts'
import { useSession } from '#renderer/stores/session.ts'
import { choicesFor } from './choices.ts'
import { ask, focusTree, lookAt, type Asking } from './outline-store.ts'
import classes from './outline-view.module.css'

const labelOf = (asking: Exclude<Asking, { what: 'rename' }>, after: string | null): string => {
  if (asking.what === 'add') return after === null ? 'Add a task' : `Add a task after ${after}`
  return asking.what === 'take' ? `Connect ${asking.port} of ${asking.task} to` : `Connect ${asking.task} to`
}

/** The tree has the focus before anything else happens, so that no key is lost. */
const leave = (): void => {
  focusTree()
  ask(null)
}

const Rename = ({ task }: { task: string }) => {
  const { engine } = useWorld()
  const [text, setText] = useState(task)
  const outline = useFlow((state) => state.outline)
  const fault = faultOfId(outline, task, text)
  const rename = async () => {
    if (fault !== null) return
    leave()
    if (text !== task && (await makeEdit(engine, renameTask(task, text)))) lookAt(text)
  }
  return (
    <div className={classes['question']} role="dialog" aria-label={`Rename ${task}`}>
      <input
        autoFocus
        aria-label={`New name of ${task}`}
        aria-invalid={fault !== null}
        aria-describedby="outline-fault"
        value={text}
        spellCheck={false}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void rename()
          if (event.key === 'Escape') leave()
        }}
      />
      <p id="outline-fault" role="status">
        {fault}
      </p>
    </div>
  )
}

const Choose = ({ asking, after }: { asking: Exclude<Asking, { what: 'rename' }>; after: string | null }) => {
  const { engine } = useWorld()
  const outline = useFlow((state) => state.outline)
  const types = useSession((session) => session.taskTypes)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useId()
  const choices = useMemo(
    () => choicesFor(asking, { outline, types, text, after }),
    [asking, outline, types, text, after],
  )
  const index = Math.min(active, choices.length - 1)
  useEffect(() => {
    document.getElementById(`${list}-${index}`)?.scrollIntoView({ block: 'nearest' })
  }, [index, list])
  const pick = async (at: number) => {
    const choice = choices[at]
    if (!choice) return
    leave()
    const made = await choice.take(engine)
    const [added] = useSelection.getState().tasks
    if (made && asking.what === 'add' && added !== undefined) lookAt(added)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setActive((index + step + choices.length) % Math.max(1, choices.length))
    else if (event.key === 'Enter') void pick(index)
    else if (event.key === 'Escape') leave()
    else return
    event.preventDefault()
  }
  const label = labelOf(asking, after)
  return (
    <div className={classes['question']} role="dialog" aria-label={label}>
      <input
        autoFocus
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={choices.length > 0 ? `${list}-${index}` : undefined}
        placeholder={`${label} …`}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setActive(0)
          setText(event.currentTarget.value)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label={label}>
        {choices.map(({ id, title, detail }, at) => (
          <li
            key={id}
            id={`${list}-${at}`}
            role="option"
            aria-selected={at === index}
            tabIndex={-1}
            onPointerDown={(event) => {
              event.preventDefault()
              void pick(at)
            }}
          >
            {title}
            <span>{detail}</span>
          </li>
        ))}
      </ul>
      {choices.length === 0 && <p>{asking.what === 'add' ? `No task fits “${text}”.` : 'Nothing fits here.'}</p>}
    </div>
  )
}

/** What is asked for, below the tree. */
export const Question = ({ asking, after }: { asking: Asking; after: string | null }) =>
  asking.what === 'rename' ? <Rename task={asking.task} /> : <Choose asking={asking} after={after} />
