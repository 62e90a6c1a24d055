/** Ends early, without a complaint, once the signal is aborted. Milliseconds. */
export const wait = (duration: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, duration)
    signal.addEventListener('abort', done, { once: true })
  })
