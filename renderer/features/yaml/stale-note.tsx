import { TriangleAlert } from 'lucide-react'
import { useFlow } from '#renderer/stores/flow.ts'
import classes from './stale-note.module.css'

/** Stands over the canvas while it waits for a text that can be read. */
export const StaleNote = () => {
  const stale = useFlow((state) => state.stale)
  if (!stale) return null
  return (
    <p className={classes['note']} role="status">
      <TriangleAlert size={14} aria-hidden />
      The YAML cannot be read as it stands. The canvas shows the flow as it last could be.
    </p>
  )
}
