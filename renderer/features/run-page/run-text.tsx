import { useRunDocument } from '#renderer/stores/run-document.ts'
import classes from './run-text.module.css'

/** The flow as this run ran it. */
export const RunText = () => {
  const found = useRunDocument()
  return (
    found && (
      <pre className={classes['text']} tabIndex={0} aria-label="The flow as it ran">
        {found.text}
      </pre>
    )
  )
}
