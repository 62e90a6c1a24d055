import { Button } from '@mantine/core'
import { X } from 'lucide-react'
import { dismissFailure, useBlockList } from './block-list.ts'
import classes from './blocks-page.module.css'

/** Why the last thing was not done. */
export const Refusal = () => {
  const failure = useBlockList((state) => state.failure)
  if (!failure) return null
  return (
    <div role="alert" className={classes['refused']}>
      <span>{failure.message}</span>
      <Button size="compact-xs" variant="subtle" color="gray" aria-label="Dismiss" onClick={dismissFailure}>
        <X size={14} />
      </Button>
    </div>
  )
}
