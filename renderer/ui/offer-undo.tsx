import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import classes from './offer-undo.module.css'

/** A little less than what was done can be taken back for, milliseconds. */
const time = 9500

let offered = 0

/** Says what was done, with a button that takes it back. */
export const offerUndo = (message: string, undo: () => Promise<void>): void => {
  offered += 1
  const id = `undo-${offered}`
  const take = async () => {
    notifications.hide(id)
    try {
      await undo()
    } catch (error) {
      notifications.show({ color: 'red', message: error instanceof Error ? error.message : 'It cannot be taken back.' })
    }
  }
  notifications.show({
    id,
    autoClose: time,
    message: (
      <span className={classes['line']}>
        {message}
        <Button size="compact-xs" variant="light" onClick={() => void take()}>
          Undo
        </Button>
      </span>
    ),
  })
}
