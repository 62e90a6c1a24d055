import {
  BrowserWindow,
  dialog,
  ipcMain,
  Notification,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type OpenDialogOptions,
  type WebContents,
} from 'electron'
import type { EngineProcess } from './engine-process.ts'
import { filesFor, type Files } from './files.ts'
import { parseCommands, type MenuCommand } from './menu-commands.ts'
import { channels } from './messages.ts'
import { isOurPage } from './screen-protocol.ts'

const flows = [{ name: 'Flows', extensions: ['yaml', 'yml', 'millrace'] }]

/** Only the top frame of a window of ours may ask for anything. */
const isOurs = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && isOurPage(senderFrame.url)

const isText = (value: unknown): value is string => typeof value === 'string'

const filesOf = (window: BrowserWindow): Files =>
  filesFor({
    open: async (kind) => {
      const filters = kind === 'flow' ? flows : []
      const properties: OpenDialogOptions['properties'] =
        kind === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile']
      const { filePaths } = await dialog.showOpenDialog(window, { properties, filters })
      return filePaths[0] ?? null
    },
    save: async (name) => {
      const filters = /\.(ya?ml|millrace)$/.test(name) ? flows : []
      const { filePath, canceled } = await dialog.showSaveDialog(window, { defaultPath: name, filters })
      return canceled || !filePath ? null : filePath
    },
  })

export type Requests = {
  readonly engine: EngineProcess
  openLink(address: string): void
  chooseHome(): void
  showHome(): void
  /** The commands that the window offers now. */
  showCommands(commands: readonly MenuCommand[]): void
  /** The window has opened this flow file. */
  noteFile(file: string): void
}

/** What a window may ask main for. Anything from elsewhere, or that does not fit, is not answered. */
export const answerRequests = (requests: Requests): void => {
  const { engine } = requests
  const on = (channel: string, take: (sender: WebContents, ...given: readonly unknown[]) => void) =>
    ipcMain.on(channel, (event, ...given: unknown[]) => {
      if (isOurs(event)) take(event.sender, ...given)
    })
  on(channels.requestPort, (window) => engine.connect(window))
  on(channels.retryEngine, () => engine.retry())
  on(channels.chooseHome, () => requests.chooseHome())
  on(channels.showHome, () => requests.showHome())
  on(channels.openLink, (_window, address) => isText(address) && requests.openLink(address))
  on(channels.noteFile, (_window, file) => isText(file) && requests.noteFile(file))
  on(channels.commands, (_window, given) => {
    const commands = parseCommands(given)
    if (commands) requests.showCommands(commands)
  })
  on(channels.notify, (window, id, message) => notify(window, id, message))
  answerFiles()
}

const answerFiles = (): void => {
  const handle = <T>(channel: string, nothing: T, answer: (files: Files, ...given: readonly unknown[]) => Promise<T>) =>
    ipcMain.handle(channel, (event, ...given: unknown[]) => {
      const window = isOurs(event) ? BrowserWindow.fromWebContents(event.sender) : null
      return window ? answer(filesOf(window), ...given) : nothing
    })
  handle(channels.openFile, null, (files) => files.openFlow())
  handle(channels.chooseInput, null, (files) => files.chooseInput())
  handle(channels.chooseFolder, null, (files) => files.chooseFolder())
  handle(channels.saveFile, false, async (files, name, text) =>
    isText(name) && isText(text) ? files.save(name, text) : false,
  )
  handle(channels.saveCopy, false, async (files, from) => (isText(from) ? files.saveCopy(from) : false))
}

const notify = (window: WebContents, id: unknown, message: unknown): void => {
  if (typeof id !== 'number' || typeof message !== 'object' || message === null || !Notification.isSupported()) return
  const { title, body } = message as { title?: unknown; body?: unknown }
  if (!isText(title) || !isText(body)) return
  const shown = new Notification({ title, body })
  shown.on('click', () => {
    BrowserWindow.fromWebContents(window)?.show()
    window.send(channels.notified, id)
  })
  shown.show()
}
