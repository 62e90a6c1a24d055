import { readFileSync } from 'node:fs'
import type { Screen } from './screens.ts'

/** What is saved next goes to this file, in a browser to where downloads go. The answer reads it. */
export const savesTo = async ({ page, app }: Screen, file: string): Promise<() => Promise<string>> => {
  if (app === null) {
    const download = page.waitForEvent('download')
    return async () => readFileSync(await (await download).path(), 'utf8')
  }
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, file)
  return () => Promise.resolve(readFileSync(file, 'utf8'))
}
