import { useEffect } from 'react'
import { useWorld } from '#renderer/rpc/world.tsx'
import { offerCommands, type Command } from '#renderer/stores/commands.ts'
import { useFlow } from '#renderer/stores/flow.ts'
import { arrangeCommands } from './arrange-commands.ts'
import { editCommands } from './edit-commands.ts'
import { viewCommands } from './view-commands.ts'

/** Nothing is changed of a former state of the flow. */
const unlessLooking = (command: Command): Command => {
  if (command.group !== 'Edit' || harmless.has(command.id)) return command
  const looking = () => (useFlow.getState().former ? 'A former state of the flow is only looked at.' : null)
  return { ...command, disabled: () => looking() ?? command.disabled?.() ?? null }
}

const harmless: ReadonlySet<string> = new Set(['task.copy', 'canvas.select-all'])

/** What can be done on the canvas by key, menu and palette. */
export const useCanvasCommands = (): void => {
  const { engine } = useWorld()
  useEffect(
    () => offerCommands([...editCommands(engine), ...arrangeCommands(engine), ...viewCommands].map(unlessLooking)),
    [engine],
  )
}
