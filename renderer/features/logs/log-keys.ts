import type { KeyboardEvent } from 'react'
import { followEnd, lookAtLine, lookAtNoLine, reveal, scrollTo, seenRows, showWhole, useLogPlace } from './log-place.ts'

const clamp = (row: number, total: number): number => Math.max(0, Math.min(total - 1, row))

const move = (step: number, { total, extend }: { total: number; extend: boolean }): void => {
  const { current, following, first } = useLogPlace.getState()
  const here = current ?? (following ? total : Math.floor(first))
  const row = clamp(here + step, total)
  lookAtLine(row, extend)
  if (following) scrollTo(total - seenRows())
  reveal(row, { total })
}

const turnPage = (direction: 1 | -1, total: number): void => {
  const { following, first } = useLogPlace.getState()
  const now = following ? total - seenRows() : first
  const next = now + direction * (seenRows() - 1)
  if (next >= total - seenRows()) followEnd()
  else scrollTo(next)
}

const goToStart = (extend: boolean): void => {
  lookAtLine(0, extend)
  scrollTo(0)
}

/** Keys while the lines have the focus. */
export const pressOnLines = (event: KeyboardEvent, total: number, copy: () => void): void => {
  const { key, shiftKey: extend, ctrlKey, metaKey } = event
  const { whole, current } = useLogPlace.getState()
  if (key === 'ArrowDown' || key === 'ArrowUp') move(key === 'ArrowDown' ? 1 : -1, { total, extend })
  else if (key === 'PageDown' || key === 'PageUp') turnPage(key === 'PageDown' ? 1 : -1, total)
  else if (key === 'Home') goToStart(extend)
  else if (key === 'End') followEnd()
  else if (key === 'Enter' && current !== null) showWhole(!whole)
  else if (key === 'Escape' && current !== null) lookAtNoLine()
  else if (key === 'c' && (ctrlKey || metaKey) && window.getSelection()?.isCollapsed !== false) copy()
  else return
  event.preventDefault()
}
