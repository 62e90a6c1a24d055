/** Of several things that go on at once: each call gives a reporter for one of them, and what is told is the sum. */
export const sharedProgress = (tell: (done: number) => void): (() => (done: number) => void) => {
  let sum = 0
  return () => {
    let own = 0
    return (done) => {
      sum += done - own
      own = done
      tell(sum)
    }
  }
}
