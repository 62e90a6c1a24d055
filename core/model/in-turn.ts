/** Runs steps one after the other, so that none builds on what another is about to replace. */
export const inTurn = () => {
  let tail: Promise<unknown> = Promise.resolve()
  return <T>(step: () => Promise<T>): Promise<T> => {
    const result = tail.then(step)
    tail = result.catch(() => undefined)
    return result
  }
}
