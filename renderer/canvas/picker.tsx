import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Position } from '#renderer/stores/outline.ts'
import { closeTool } from './tools.ts'
import { focusCanvas } from './view.ts'
import classes from './picker.module.css'

export type Choice = {
  readonly id: string
  readonly title: string
  readonly detail?: string
  readonly icon?: ReactNode
}

type Props = {
  readonly label: string
  readonly placeholder: string
  /** On the canvas, pixels; null: at the top. */
  readonly at: Position | null
  readonly text: string
  readonly onText: (text: string) => void
  readonly choices: readonly Choice[]
  /** Said when there is no choice. */
  readonly none: string
  readonly onPick: (choice: Choice) => void
  readonly aside?: ReactNode
}

const useStaysIn = (at: Position | null) => {
  const panel = useRef<HTMLDivElement>(null)
  const [shift, setShift] = useState<Position>([0, 0])
  useEffect(() => {
    const around = panel.current?.offsetParent
    if (!panel.current || !around || !at) return
    const most = [
      around.clientWidth - panel.current.offsetWidth - 8,
      around.clientHeight - panel.current.offsetHeight - 8,
    ]
    setShift([Math.min(0, (most[0] ?? 0) - at[0]), Math.min(0, (most[1] ?? 0) - at[1])])
  }, [at])
  const place = at === null ? {} : { left: Math.max(8, at[0] + shift[0]), top: Math.max(8, at[1] + shift[1]) }
  return { panel, place }
}

/** A small search on the canvas: arrows choose, Enter takes, Escape leaves. */
export const Picker = (props: Props) => {
  const { label, placeholder, at, text, onText, choices, none, onPick, aside } = props
  const list = useId()
  const [active, setActive] = useState(0)
  const { panel, place } = useStaysIn(at)
  const index = Math.min(active, choices.length - 1)
  useEffect(() => {
    document.getElementById(`${list}-${index}`)?.scrollIntoView({ block: 'nearest' })
  }, [index, list])
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    const chosen = choices[index]
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) setActive((index + step + choices.length) % Math.max(1, choices.length))
    else if (event.key === 'Enter' && chosen) onPick(chosen)
    else if (event.key === 'Escape') {
      closeTool()
      focusCanvas()
    } else return
    event.preventDefault()
  }
  return (
    <div
      ref={panel}
      className={`nowheel ${classes['picker'] ?? ''}`}
      data-place={at === null ? 'top' : 'pointer'}
      role="dialog"
      aria-label={label}
      style={place}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) closeTool()
      }}
    >
      <div className={classes['line']}>
        <input
          autoFocus
          className={classes['input']}
          role="combobox"
          aria-label={label}
          aria-expanded
          aria-controls={list}
          aria-activedescendant={choices.length > 0 ? `${list}-${index}` : undefined}
          placeholder={placeholder}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setActive(0)
            onText(event.currentTarget.value)
          }}
          onKeyDown={onKeyDown}
        />
        {aside}
      </div>
      <ul id={list} className={classes['list']} role="listbox" aria-label={label} tabIndex={-1}>
        {choices.map((choice, number) => (
          <li
            key={choice.id}
            id={`${list}-${number}`}
            className={classes['choice']}
            role="option"
            aria-selected={number === index}
            onPointerMove={() => setActive(number)}
            onPointerDown={(event) => {
              event.preventDefault()
              onPick(choice)
            }}
          >
            {choice.icon}
            <span className={classes['title']}>{choice.title}</span>
            {choice.detail !== undefined && <span className={classes['detail']}>{choice.detail}</span>}
          </li>
        ))}
      </ul>
      {choices.length === 0 && <p className={classes['none']}>{none}</p>}
    </div>
  )
}
