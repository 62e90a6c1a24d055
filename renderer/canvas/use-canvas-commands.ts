import { useEffect } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands } from '#renderer/stores/commands.ts'
import { arrangeCommands } from './arrange-commands.ts'
import { editCommands } from './edit-commands.ts'
import { viewCommands } from './view-commands.ts'

/** What can be done on the canvas by key, menu and palette. */
export const useCanvasCommands = (): void => {
  const { engine } = useWorld()
  useEffect(() => offerCommands([...editCommands(engine), ...arrangeCommands(engine), ...viewCommands]), [engine])
}
