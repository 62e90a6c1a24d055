import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { useFlow } from '#renderer/stores/flow.ts'

/** Says why a change of the flow was not made. */
export const Refusals = () => {
  const refused = useFlow((state) => state.refused)
  useEffect(() => {
    if (!refused) return
    notifications.show({ title: 'This change was not made', message: refused.message, color: 'red' })
  }, [refused])
  return null
}
