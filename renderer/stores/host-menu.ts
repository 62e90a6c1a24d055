import type { Host, MenuCommand } from '#renderer/rpc/host.ts'
import { useCommands, type Command } from './commands.ts'
import { useFlow } from './flow.ts'
import { usePlace } from './navigation.ts'
import { useRun } from './run.ts'
import { useRunning } from './running.ts'
import { useSelection } from './selection.ts'

/** Keys that act only on the canvas are not shown: elsewhere they write. */
const menuCommandOf = ({ id, title, titleNow, group, keys, scope, disabled, role }: Command): MenuCommand => ({
  id,
  title: titleNow?.() ?? title,
  group,
  enabled: (disabled?.() ?? null) === null,
  role: role ?? null,
  keys: scope === 'canvas' ? null : (keys?.[0] ?? null),
})

/** The menu outside the page has exactly the commands of the page, as they are now, told once a frame at most. */
export const startHostMenu = (host: Host): void => {
  let told = ''
  let isWaiting = false
  const tell = () => {
    isWaiting = false
    const commands = [...useCommands.getState().commands.values()].map(menuCommandOf)
    const text = JSON.stringify(commands)
    if (text === told) return
    told = text
    host.showCommands(commands)
  }
  const soon = () => {
    if (isWaiting) return
    isWaiting = true
    setTimeout(tell, 50)
  }
  // What commands can do, and what they are called, follows from these.
  for (const { subscribe } of [useCommands, useFlow, useSelection, useRun, useRunning, usePlace]) subscribe(soon)
  soon()
}
