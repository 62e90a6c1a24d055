import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { readFileSync, writeFileSync } from 'node:fs'
import { placeOn, usualPlace, type WindowPlace } from './window-place.ts'
import { screenAddress } from './screen-protocol.ts'

const readPlace = (file: string): WindowPlace => {
  try {
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
    return placeOn(areas, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return usualPlace
  }
}

const keepPlace = (window: BrowserWindow, file: string): void => {
  const { x, y, width, height } = window.getNormalBounds()
  try {
    writeFileSync(file, JSON.stringify({ x, y, width, height, maximized: window.isMaximized() }))
  } catch {
    // It opens at the usual place next time.
  }
}

/** The ground of the page, so that a window does not flash before its page is painted. */
const ground = () => (nativeTheme.shouldUseDarkColors ? '#14171a' : '#f7f8f9')

export type WindowOptions = {
  readonly preload: string
  /** Where the place of the window is kept. */
  readonly placeFile: string
  /** Asked before a person closes the window; false keeps it. */
  mayClose(): boolean
}

export const openWindow = ({ preload, placeFile, mayClose }: WindowOptions): BrowserWindow => {
  const { maximized, ...bounds } = readPlace(placeFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 560,
    show: false,
    title: 'Millrace',
    backgroundColor: ground(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
      v8CacheOptions: 'bypassHeatCheck',
    },
  })
  if (maximized) window.maximize()
  const follow = () => window.setBackgroundColor(ground())
  nativeTheme.on('updated', follow)
  window.on('closed', () => nativeTheme.off('updated', follow))
  window.once('ready-to-show', () => window.show())
  window.on('close', (event) => {
    keepPlace(window, placeFile)
    if (!mayClose()) event.preventDefault()
  })
  void window.loadURL(screenAddress)
  return window
}
