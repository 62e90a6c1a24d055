/** In [0, 1). */
export type Random = () => number

/** mulberry32: a seed gives the same moments again. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const choose = <T>(random: Random, [first, ...rest]: readonly [T, ...T[]]): T =>
  rest[Math.floor(random() * (rest.length + 1)) - 1] ?? first
