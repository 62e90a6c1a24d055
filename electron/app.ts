import path from 'node:path'
import { app, BrowserWindow, dialog, Notification, session, shell } from 'electron'
import { screenFolder } from '#core/places.ts'
import { takePassphrase } from '#core/server/take-passphrase.ts'
import { defaultHome } from '#core/world/home/default-home.ts'
import { homeIn, scriptCommand } from './arguments.ts'
import { startEngineProcess, type EngineProcess } from './engine-process.ts'
import { hardenProcesses, hardenSession, openLinksWith } from './hardening.ts'
import { judgeLink, linkOpener } from './links.ts'
import { setMenu } from './menu.ts'
import type { MenuCommand } from './menu-commands.ts'
import { channels } from './messages.ts'
import { createQuitting, type QuitChoice, type Quitting } from './quitting.ts'
import { recentFlows } from './recent-flows.ts'
import { answerRequests } from './requests.ts'
import { registerScheme, serveScreenFiles } from './screen-protocol.ts'
import { userDataFor } from './user-data.ts'
import { openWindow } from './window.ts'
import { createWishes, type Wishes } from './wishes.ts'

const here = import.meta.dirname
const entry = path.join(here, 'electron-main.mjs')
/** Without the program, and outside a package without the entry too. */
const args = process.argv.slice(app.isPackaged ? 1 : 2)
const home = path.resolve(homeIn(args) ?? defaultHome())
const passphrase = takePassphrase(process.env)

const askAboutRuns = async (flowRuns: readonly string[]): Promise<QuitChoice> => {
  const choices = ['stay', 'background', 'stop'] as const
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message:
      flowRuns.length === 1 ? `${flowRuns[0]} is still running.` : `${flowRuns.length} flow runs are still running.`,
    detail:
      'In the background Millrace goes on without a window and quits when they have ended. What is stopped is marked Crashed, and Resume goes on with what was not completed.',
    buttons: ['Cancel', 'Finish in the background', 'Stop and quit'],
    defaultId: 0,
    cancelId: 0,
  })
  return choices[response] ?? 'stay'
}

const askAboutPage = async ({ host, href }: URL): Promise<boolean> => {
  const question = {
    type: 'question' as const,
    message: `Open ${host} in the browser?`,
    detail: href,
    buttons: ['Cancel', 'Open'],
    defaultId: 0,
    cancelId: 0,
  }
  const [window] = BrowserWindow.getAllWindows()
  const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question))
  return response === 1
}

const openLink = linkOpener({ open: (address) => shell.openExternal(address), ask: askAboutPage })

/** Of what a page opens by itself nobody is asked. */
const openKnownLink = (address: string): void => {
  if (judgeLink(address) === 'opens') void openLink(address)
}

/** Another home is another instance: this one ends, and a new one begins there. */
const chooseHome = async (): Promise<void> => {
  const { filePaths } = await dialog.showOpenDialog({
    title: 'Choose another home',
    properties: ['openDirectory', 'createDirectory'],
  })
  const [chosen] = filePaths
  if (chosen === undefined) return
  app.relaunch({ args: [...(app.isPackaged ? [] : [entry]), '--home', chosen] })
  app.exit(0)
}

const startEngine = (onActive: (ended: readonly string[]) => void): EngineProcess =>
  startEngineProcess({
    entry: path.join(here, 'electron-engine.mjs'),
    entries: {
      worker: path.join(here, 'electron-worker.mjs'),
      keychain: path.join(here, 'electron-keychain.mjs'),
    },
    home,
    passphrase,
    compileCache: path.join(app.getPath('userData'), 'compile-cache'),
    node: scriptCommand({
      execPath: process.execPath,
      entry,
      isPackaged: app.isPackaged,
      isRoot: process.getuid?.() === 0,
    }),
    onActive,
  })

const sayEnded = (ended: readonly string[]): void => {
  if (!Notification.isSupported()) return
  const [only, second] = ended
  const title = only !== undefined && second === undefined ? only : `${ended.length} flow runs have ended`
  new Notification({ title, body: second === undefined ? 'It ran in the background.' : ended.join('\n') }).show()
}

/** The only window: opened, or brought to the front. */
const windowShower = (mayClose: () => boolean): (() => BrowserWindow) => {
  const placeFile = path.join(app.getPath('userData'), 'window.json')
  const preload = path.join(here, 'electron-preload.cjs')
  return () => {
    const [open] = BrowserWindow.getAllWindows()
    if (!open) return openWindow({ preload, placeFile, mayClose })
    if (open.isMinimized()) open.restore()
    open.show()
    open.focus()
    return open
  }
}

const startQuitting = (engine: () => EngineProcess): Quitting =>
  createQuitting({
    activeFlowRuns: () => engine().activeFlowRuns(),
    ask: askAboutRuns,
    hide: () => {
      for (const window of BrowserWindow.getAllWindows()) window.destroy()
    },
    sayEnded,
    endEngine: () => engine().quit(),
    quit: () => app.quit(),
  })

/** The menu follows what the window offers and which files were opened. */
const startMenu = (wishes: Wishes) => {
  const recent = recentFlows(path.join(app.getPath('userData'), 'recent.json'))
  let commands: readonly MenuCommand[] = []
  const draw = () =>
    setMenu({
      commands,
      recent: recent.list(),
      openFile: (value) => wishes.show({ channel: channels.fileToOpen, value }),
    })
  draw()
  return {
    showCommands: (offered: readonly MenuCommand[]) => {
      commands = offered
      draw()
    },
    noteFile: (file: string) => {
      app.addRecentDocument(file)
      recent.add(file)
      draw()
    },
  }
}

const openApp = (wishes: Wishes): void => {
  const quitting = startQuitting(() => engine)
  const engine = startEngine((ended) => quitting.runsChanged(ended))
  hardenSession()
  session.defaultSession.setCodeCachePath(path.join(app.getPath('userData'), 'Code Cache'))
  openLinksWith(openKnownLink)
  serveScreenFiles(screenFolder)
  answerRequests({
    engine: {
      ...engine,
      connect: (window) => {
        engine.connect(window)
        wishes.windowIsReady(window)
      },
    },
    ...startMenu(wishes),
    openLink: (address) => void openLink(address),
    chooseHome: () => void chooseHome(),
    showHome: () => void shell.openPath(home),
  })
  // On a Mac an app lives without windows.
  const isMac = process.platform === 'darwin'
  const show = windowShower(() => isMac || engine.activeFlowRuns().length === 0 || quitting.mayQuit())
  const showWindow = () => {
    quitting.cameBack()
    return show()
  }
  wishes.showIn(showWindow)
  app.on('activate', showWindow)
  app.on('before-quit', (event) => {
    if (!quitting.mayQuit()) event.preventDefault()
  })
  app.on('window-all-closed', () => {
    if (!isMac && !quitting.isInBackground()) app.quit()
  })
}

/** To be called before the app is ready. */
export const startApp = (): void => {
  // Electron would stop everything for a dialog; the windows and the engine go on.
  process.on('uncaughtException', (error) => void process.stderr.write(`${error.stack ?? error.message}\n`))
  registerScheme()
  hardenProcesses()
  app.setName('Millrace')
  app.setPath('userData', userDataFor(home, app.getPath('appData')))
  const wishes = createWishes(args)
  // One instance for each home.
  if (app.requestSingleInstanceLock()) void app.whenReady().then(() => openApp(wishes))
  else app.quit()
}
