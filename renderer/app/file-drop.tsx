import { notifications } from '@mantine/notifications'
import { FileInput } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { openDropped, useOpening } from '#renderer/stores/opening.ts'
import classes from './shell.module.css'

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false

/** A flow file that is dropped anywhere on the window opens, blocks are imported, a key begins a block. What a field or panel takes for itself is left to it. */
export const FileDrop = () => {
  const { engine, host } = useWorld()
  const [isOver, setOver] = useState(false)
  const failure = useOpening((state) => state.failure)
  useEffect(() => {
    const ended = new AbortController()
    const over = (event: DragEvent) => {
      if (!holdsFiles(event) || event.defaultPrevented) return setOver(false)
      event.preventDefault()
      return setOver(true)
    }
    const drop = (event: DragEvent) => {
      setOver(false)
      if (!holdsFiles(event) || event.defaultPrevented) return
      event.preventDefault()
      void openDropped(engine, host, [...(event.dataTransfer?.files ?? [])])
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    window.addEventListener('dragover', over, { signal: ended.signal })
    window.addEventListener('drop', drop, { signal: ended.signal })
    window.addEventListener('dragleave', leave, { signal: ended.signal })
    return () => ended.abort()
  }, [engine, host])
  useEffect(() => {
    if (failure) notifications.show({ color: 'red', title: 'Not opened', message: failure.message, autoClose: 20_000 })
  }, [failure])
  if (!isOver) return null
  return (
    <div className={classes['drop']} aria-hidden>
      <FileInput size={28} strokeWidth={1.5} />
      Drop a flow, exported blocks, or a key file
    </div>
  )
}
