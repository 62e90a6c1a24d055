import { watch } from 'node:fs'
import path from 'node:path'

/** Milliseconds: writers often change a file in several steps. */
const settle = 50

/**
 * Told when a file may have changed. Its folder is watched, since a file that is replaced is another file. Where the
 * system cannot watch (some network folders) nothing is told, and the change is seen at the next edit.
 */
export const watchFile = (file: string, changed: () => void): (() => void) => {
  let waiting: NodeJS.Timeout | undefined
  const later = () => {
    clearTimeout(waiting)
    waiting = setTimeout(changed, settle)
  }
  try {
    const watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => {
      if (name === null || name === path.basename(file)) later()
    })
    watcher.on('error', () => watcher.close())
    return () => {
      clearTimeout(waiting)
      watcher.close()
    }
  } catch {
    return () => undefined
  }
}
