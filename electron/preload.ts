import type { DesktopBridge } from '#renderer/rpc/desktop-host.ts'
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels } from './messages.ts'

/** The port arrives here and is handed on to the page, which alone holds it then. */
ipcRenderer.on(channels.port, (event) => window.postMessage(channels.port, location.origin, [...event.ports]))

/** Values that main sends on a channel are what the listener takes. The answer ends it. */
const listen = (channel: string, listener: (...values: never[]) => void) => {
  const take = (_event: unknown, ...values: unknown[]) => listener(...(values as never[]))
  ipcRenderer.on(channel, take)
  return () => void ipcRenderer.removeListener(channel, take)
}

let notifications = 0

const bridge: DesktopBridge = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  onEngineGone: (gone) => listen(channels.engineGone, gone),
  onEngineFailed: (failed) => listen(channels.engineFailed, failed),
  retryEngine: () => ipcRenderer.send(channels.retryEngine),
  chooseHome: () => ipcRenderer.send(channels.chooseHome),
  showHome: () => ipcRenderer.send(channels.showHome),
  openFile: () => ipcRenderer.invoke(channels.openFile),
  chooseInput: () => ipcRenderer.invoke(channels.chooseInput),
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder),
  pathOf: (file) => webUtils.getPathForFile(file) || null,
  saveFile: (name, text) => ipcRenderer.invoke(channels.saveFile, name, text),
  saveCopy: (path) => ipcRenderer.invoke(channels.saveCopy, path),
  openLink: (address) => ipcRenderer.send(channels.openLink, address),
  notify: (message, clicked) => {
    notifications += 1
    const id = notifications
    const stop = listen(channels.notified, (which: number) => {
      if (which !== id) return
      stop()
      clicked()
    })
    ipcRenderer.send(channels.notify, id, message)
  },
  showCommands: (commands) => ipcRenderer.send(channels.commands, commands),
  onCommand: (chosen) => listen(channels.command, chosen),
  noteFile: (path) => ipcRenderer.send(channels.noteFile, path),
  onOpenFile: (open) => listen(channels.fileToOpen, open),
  onOpenFlow: (open) => listen(channels.flowToOpen, open),
}

contextBridge.exposeInMainWorld('millraceDesktop', bridge)
