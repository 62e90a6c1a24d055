import { Button } from '@mantine/core'
import { History } from 'lucide-react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { lookBack, useFlow } from '#renderer/stores/flow.ts'
import { restoreFormer } from '#renderer/stores/versions.ts'
import classes from './former-note.module.css'

/** Stands over the canvas while it shows the flow as it once was. */
export const FormerNote = () => {
  const { engine } = useWorld()
  const former = useFlow((state) => state.former)
  if (!former) return null
  return (
    <div className={classes['note']} role="status">
      <History size={14} aria-hidden />
      <span className={classes['words']}>
        <strong>{former.title}</strong>, only to look at
      </span>
      <Button size="compact-xs" onClick={() => void restoreFormer(engine)}>
        Restore
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => lookBack(null)}>
        Back to now
      </Button>
    </div>
  )
}
