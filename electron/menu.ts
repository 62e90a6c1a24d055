import { app, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import path from 'node:path'
import { acceleratorOf, type MenuCommand } from './menu-commands.ts'
import { channels } from './messages.ts'

export type MenuContent = {
  /** What the window offers now: the menu has these and no others. */
  readonly commands: readonly MenuCommand[]
  readonly recent: readonly string[]
  openFile(file: string): void
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The window runs the command, as if its keys had been pressed there; the menu only shows the keys. */
const item = ({ id, title, keys, enabled, role }: MenuCommand): MenuItemConstructorOptions => {
  // What has the focus, a text or the canvas, is told by the system and does its own.
  if (role !== null) return { id, role }
  const accelerator = keys === null ? null : acceleratorOf(keys)
  return {
    id,
    label: title,
    enabled,
    ...(accelerator !== null && { accelerator, registerAccelerator: false }),
    click: (_item, window) => {
      const shown = window instanceof BrowserWindow ? window : BrowserWindow.getAllWindows()[0]
      shown?.webContents.send(channels.command, id)
    },
  }
}

const recentMenu = ({ recent, openFile }: MenuContent): MenuItemConstructorOptions => ({
  label: 'Open recent',
  enabled: recent.length > 0,
  submenu: recent.map((file) => ({
    label: path.basename(file),
    sublabel: path.dirname(file),
    click: () => openFile(file),
  })),
})

/** Where the page has no commands for them. */
const textRoles = ['cut', 'copy', 'paste'] as const

export const setMenu = (content: MenuContent): void => {
  const isMac = process.platform === 'darwin'
  const of = (group: string) => content.commands.filter((command) => command.group === group).map(item)
  const offered = new Set(content.commands.map(({ role }) => role))
  const menu = (label: string, ...parts: readonly (readonly MenuItemConstructorOptions[])[]) => ({
    label,
    submenu: parts
      .filter((part) => part.length > 0)
      .flatMap((part, index) => (index > 0 ? [separator, ...part] : part)),
  })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      menu('File', of('Flow'), [recentMenu(content)], [isMac ? { role: 'close' } : { role: 'quit' }]),
      menu(
        'Edit',
        of('Edit'),
        textRoles.filter((role) => !offered.has(role)).map((role) => ({ role })),
      ),
      ...(of('Run').length > 0 ? [menu('Run', of('Run'))] : []),
      menu('Block', of('Block')),
      menu(
        'View',
        of('View'),
        [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }],
        [{ role: 'togglefullscreen' }, ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const])],
      ),
      menu('Go', of('Go')),
      { role: 'windowMenu' },
    ]),
  )
}
