import type { Host, MenuCommand } from '#renderer/rpc/host.ts'
import { useCommands, type Command } from './commands.ts'

/** Keys that act only on the canvas are not shown: elsewhere they write. */
const menuCommandOf = ({ id, title, group, keys, scope }: Command): MenuCommand => ({
  id,
  title,
  group,
  keys: scope === 'canvas' ? null : (keys?.[0] ?? null),
})

/** The menu outside the page has exactly the commands of the page, told once a frame at most. */
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
  useCommands.subscribe(soon)
  soon()
}
