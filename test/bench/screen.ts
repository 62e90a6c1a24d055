import path from 'node:path'
import Database from 'better-sqlite3'
import type { Page } from 'playwright'
import { openEngine } from '#core/compose.ts'
import { openChromium, startServing } from '#test/e2e/serving.ts'

/** A home with one run of a flow that says hello; its id. */
export const homeWithRun = async (home: string, flow: string): Promise<string> => {
  const engine = await openEngine({
    home,
    passphrase: null,
    onBug: (error) => {
      throw error
    },
  })
  try {
    const { id } = await engine.client.runs.submit({ source: { from: 'text', text: flow, folder: null } })
    await engine.ended(id)
    return id
  } finally {
    await engine.close()
  }
}

export const withDatabase = <T>(home: string, name: string, work: (database: Database.Database) => T): T => {
  const database = new Database(path.join(home, name))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** The home's screen in a browser without a window, as `serve` gives it. */
export const withScreen = async <T>(home: string, work: (page: Page) => Promise<T>): Promise<T> => {
  const serving = await startServing(home)
  const browser = await openChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(60_000)
    await page.goto(serving.address)
    await page.waitForSelector('main')
    return await work(page)
  } finally {
    await browser.close()
    await serving.stop()
  }
}

/** Milliseconds in the page from an act until what is waited for is drawn; both are JavaScript. */
export const timeInPage = async (page: Page, act: string, drawn: string): Promise<number> =>
  Number(
    await page.evaluate(`new Promise((resolve, reject) => {
      const begin = performance.now()
      const look = () => {
        if (${drawn}) return requestAnimationFrame(() => resolve(performance.now() - begin))
        if (performance.now() - begin > 30000) return reject(new Error('Not drawn within 30 s: ' + ${JSON.stringify(drawn)}))
        requestAnimationFrame(look)
      }
      ${act}
      look()
    })`),
  )

/** Writes into a field as a person does, all at once. */
export const typing = (label: string, text: string): string => `
  const field = document.querySelector('[aria-label=${JSON.stringify(label)}]')
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(text)})
  field.dispatchEvent(new Event('input', { bubbles: true }))`
