/** A call wakes whoever waits, or the next who will. */
export const createWake = (signal: AbortSignal) => {
  let called = false
  let release: (() => void) | null = null
  const call = () => {
    called = true
    release?.()
  }
  signal.addEventListener('abort', call, { once: true })
  const next = async () => {
    if (!called) await new Promise<void>((resolve) => (release = resolve))
    called = false
    release = null
  }
  return { call, next }
}
