// `npm run screenshots`: every page and state, light and dark, in both sizes, into .cache/screenshots.
// With `--readme` also the two pictures that the README shows.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright'
import { root, say } from '#test/run/step.ts'
import { openChromium, sizes, startServing, type Size } from './serving.ts'
import { walk } from './walk.ts'

const folder = path.join(root, '.cache/screenshots')
const schemes = ['light', 'dark'] as const

const takePictures = async (page: Page, { width, height }: Size): Promise<void> => {
  await walk(page, async (place) => {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
      // The map of the flow is drawn when there is nothing else to do.
      await page.evaluate('new Promise((idle) => requestIdleCallback(idle))')
      const file = path.join(folder, `${place}-${scheme}-${width}x${height}.png`)
      await page.screenshot({ path: file, animations: 'disabled' })
    }
  })
}

const walkAt = async (size: Size): Promise<void> => {
  const home = mkdtempSync(path.join(tmpdir(), 'millrace-screenshots-'))
  const serving = await startServing(home)
  const browser = await openChromium()
  try {
    const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' })
    await page.goto(serving.address)
    await takePictures(page, size)
  } finally {
    await browser.close()
    await serving.stop()
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const size of Object.values(sizes)) await walkAt(size)
say(`The pictures are in ${path.relative(root, folder)}.`)

if (process.argv.includes('--readme')) {
  const pictures = path.join(root, 'resources/pictures')
  mkdirSync(pictures, { recursive: true })
  for (const scheme of schemes)
    copyFileSync(path.join(folder, `run-data-${scheme}-1280x800.png`), path.join(pictures, `editor-${scheme}.png`))
  say(`Two of them are in ${path.relative(root, pictures)}.`)
}
