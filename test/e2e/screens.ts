import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { noKeychain } from '#test/fixtures/no-keychain.ts'
import { root } from '#test/run/step.ts'
import { openDisplay } from './display.ts'
import { findElectronForTests } from './electron-runtime.ts'
import { openChromium, sizes, startServing, type Size } from './serving.ts'

/** Where the screen runs: in the desktop's window, or in a browser's tab against `millrace serve`. */
export const places = ['desktop', 'browser'] as const
export type ScreenPlace = (typeof places)[number]

export type ScreenOptions = {
  readonly size?: Size
  readonly scheme?: 'light' | 'dark'
  /** A home to open; default a new one. */
  readonly home?: string
  /** Further arguments of the app. */
  readonly args?: readonly string[]
  /** Further environment of the app, or of the server. */
  readonly env?: Readonly<Record<string, string>>
}

export type Screen = {
  readonly page: Page
  readonly home: string
  /** The desktop's app; null in a browser. */
  readonly app: ElectronApplication | null
  /** Errors that the page has thrown or logged so far. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

/** Opens the screen; it is closed, and a home made for it removed, when the test ends. */
export const openScreen = async (place: ScreenPlace, options: ScreenOptions = {}): Promise<Screen> => {
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), 'millrace-e2e-'))
  const screen = place === 'desktop' ? await openDesktop(home, options) : await openTab(home, options)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await screen.close()
    if (options.home === undefined) rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
  onTestFinished(close)
  return { ...screen, close }
}

const gatherErrors = (page: Page): readonly string[] => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

const openDesktop = async (
  home: string,
  { size = sizes.small, scheme = 'light', args = [], env }: ScreenOptions,
): Promise<Screen> => {
  const runtime = findElectronForTests()
  if (runtime === null) throw new Error('There is no runtime of Electron here.')
  // Playwright holds the app back until it listens only when it finds the runtime itself; else it may wait forever.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = path.dirname(runtime)
  const display = await openDisplay()
  const app = await _electron.launch({
    args: ['--no-sandbox', path.join(root, 'dist/electron-main.mjs'), '--home', home, ...args],
    env: { ...process.env, ...noKeychain, ...env, DISPLAY: display.name },
    colorScheme: scheme,
  })
  const page = await app.firstWindow()
  const errors = gatherErrors(page)
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
  }, size)
  const close = async () => {
    // A dialog that asks what becomes of a run would wait for a person.
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 2, checkboxChecked: false })
    })
    await app.close()
    display.close()
  }
  return { page, home, app, errors, close }
}

const openTab = async (
  home: string,
  { size = sizes.small, scheme = 'light', env = {} }: ScreenOptions,
): Promise<Screen> => {
  const browser = await openChromium()
  const serving = await startServing(home, { env })
  const page = await browser.newPage({ viewport: size, colorScheme: scheme })
  const errors = gatherErrors(page)
  await page.goto(serving.address)
  const close = async () => {
    await browser.close()
    await serving.stop()
  }
  return { page, home, app: null, errors, close }
}
