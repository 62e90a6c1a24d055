import { CloseButton } from '@mantine/core'
import { CircleX } from 'lucide-react'
import { dismissFailure, useRunning } from '#renderer/stores/running.ts'
import classes from './run-bar.module.css'

/** Why a run could not be started or steered, whole, until somebody has read it. */
export const RunFailure = () => {
  const failure = useRunning((state) => state.failure)
  const isAsking = useRunning((state) => state.panel !== null)
  if (!failure) return null
  return (
    <div role="alert" className={classes['failure']} data-below-panel={isAsking || undefined}>
      <CircleX size={16} aria-hidden />
      <p>{failure.message}</p>
      <CloseButton size="sm" aria-label="Dismiss" onClick={dismissFailure} />
    </div>
  )
}
