import { app, session, type Session, type WebContents } from 'electron'
import { isOurPage, screenAddress, screenScheme } from './screen-protocol.ts'

const granted = 'clipboard-sanitized-write'
/** Pages load from our own scheme; the developer tools, where there are any, from theirs. */
const loadable = new Set([`${screenScheme}:`, 'devtools:', 'data:', 'blob:'])

/** Before the app is ready. */
export const hardenProcesses = (): void => {
  // Chromium's sandbox does not run as root, whose own switch it is then.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  // No field trials, component updates, or dictionaries are fetched.
  app.commandLine.appendSwitch('disable-background-networking')
  app.commandLine.appendSwitch('disable-component-update')
  // Chromium would ask the keychain for a key to cookies that we do not have, and may wait for a prompt.
  app.commandLine.appendSwitch('password-store', 'basic')
  app.on('web-contents-created', (_event, contents) => hardenContents(contents))
}

/** Nothing a page asks for is granted but what we need, and nothing of elsewhere is loaded. */
export const hardenSession = (here: Session = session.defaultSession): void => {
  here.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === granted))
  here.setPermissionCheckHandler((_contents, permission) => permission === granted)
  here.setDevicePermissionHandler(() => false)
  here.setDisplayMediaRequestHandler(null)
  here.setSpellCheckerEnabled(false)
  here.on('will-download', (event) => event.preventDefault())
  here.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !loadable.has(new URL(url).protocol) }))
}

type LinkOpener = (address: string) => void

let openLink: LinkOpener = () => undefined

/** Where links to pages outside go. */
export const openLinksWith = (opener: LinkOpener): void => {
  openLink = opener
}

/** A page stays where it is: it opens no windows, embeds nothing, and goes nowhere. */
const hardenContents = (contents: WebContents): void => {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
  contents.on('will-navigate', (event) => {
    if (!isOurPage(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurPage(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void contents.loadURL(screenAddress)
  })
}
