import { app, BrowserWindow, type WebContents } from 'electron'
import { flowFileIn, flowLinkIn } from './arguments.ts'
import { channels } from './messages.ts'

/** What a person asked the system to open with us. */
export type Wish = {
  readonly channel: typeof channels.fileToOpen | typeof channels.flowToOpen
  readonly value: string
}

export type Wishes = {
  show(wish: Wish): void
  /** From now on wishes are shown in this window. */
  showIn(showWindow: () => BrowserWindow): void
  /** The page of a window listens. */
  windowIsReady(window: WebContents): void
}

const wishIn = (args: readonly string[], folder: string): Wish | null => {
  const file = flowFileIn(args, folder)
  if (file !== null) return { channel: channels.fileToOpen, value: file }
  const flow = flowLinkIn(args)
  return flow === null ? null : { channel: channels.flowToOpen, value: flow }
}

/** `args`: what this process was started with. Called before the app is ready, since the system may have asked already. */
export const createWishes = (args: readonly string[]): Wishes => {
  let waiting = wishIn(args, process.cwd())
  let showWindow: (() => BrowserWindow) | null = null
  const show = (wish: Wish) => {
    const isOpen = BrowserWindow.getAllWindows().length > 0
    const window = showWindow?.()
    if (window && isOpen) window.webContents.send(wish.channel, wish.value)
    else waiting = wish
  }
  app.on('open-file', (event, value) => {
    event.preventDefault()
    show({ channel: channels.fileToOpen, value })
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const wish = wishIn([url], process.cwd())
    if (wish) show(wish)
  })
  app.on('second-instance', (_event, given, folder) => {
    const wish = wishIn(given.slice(1), folder)
    if (wish) show(wish)
    else showWindow?.()
  })
  return {
    show,
    showIn: (shower) => {
      showWindow = shower
      shower()
    },
    windowIsReady: (window) => {
      if (waiting) window.send(waiting.channel, waiting.value)
      waiting = null
    },
  }
}
