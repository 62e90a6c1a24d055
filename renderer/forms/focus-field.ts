import type { EditPath } from '#core/model/flow-edit.ts'
import { pathText } from './values.ts'

/** The field of a path, or of the nearest place around it that has one. */
const fieldFor = (panel: HTMLElement, path: EditPath): Element | null => {
  for (let length = path.length; length > 1; length -= 1) {
    const field = panel.querySelector(`[data-field=${JSON.stringify(pathText(path.slice(0, length)))}]`)
    if (field) return field
  }
  return null
}

/** Milliseconds until an editor that is loaded lazily must be there. */
const patience = 3000

/** Shows a field and puts the focus into it. The answer gives up waiting for it. */
export const focusField = (panel: HTMLElement, path: EditPath): (() => void) => {
  const until = performance.now() + patience
  let frame = 0
  const look = () => {
    const field = fieldFor(panel, path)
    const control = field?.querySelector<HTMLElement>('input, textarea, select, .cm-content')
    if (control) {
      field?.scrollIntoView({ block: 'nearest' })
      control.focus()
      return
    }
    if (performance.now() < until) frame = requestAnimationFrame(look)
  }
  frame = requestAnimationFrame(look)
  return () => cancelAnimationFrame(frame)
}
