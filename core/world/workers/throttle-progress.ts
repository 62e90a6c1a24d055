import type { Progress } from '#core/model/flow-run.ts'

/** Passes on what it is told at most ten times a second; `flush` passes on the last one that was held back. */
export const throttleProgress = (send: (progress: Progress) => void) => {
  let held: Progress | null = null
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    if (held) send(held)
    held = null
  }
  const tick = (): void => {
    timer = null
    if (held) pass(held)
  }
  const pass = (progress: Progress): void => {
    held = null
    send(progress)
    timer = setTimeout(tick, 100)
  }
  return {
    report: (progress: Progress): void => {
      if (timer) held = progress
      else pass(progress)
    },
    flush,
  }
}
