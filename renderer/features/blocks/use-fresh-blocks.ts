import { useEffect } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { useSession } from '#renderer/stores/session.ts'
import { readBlockList } from './block-list.ts'

/** Reads the blocks when a page of them opens, with each new engine, and when somebody comes back from elsewhere. */
export const useFreshBlocks = (): void => {
  const { engine } = useWorld()
  const connected = useSession((session) => session.engine.state === 'connected')
  useEffect(() => {
    if (!connected) return undefined
    const read = () => void readBlockList(engine)
    read()
    window.addEventListener('focus', read)
    return () => window.removeEventListener('focus', read)
  }, [connected, engine])
}
