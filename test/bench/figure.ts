/** One line of `npm run bench`. `ratio` is value to floor, both measured in this run; `target` is the bound. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly floor: number
  readonly ratio: number
  /** For example `<= 4`, a ratio; `<= 1.15 x floor + 5 ms`; `<= 400 MB`. */
  readonly target: string
  readonly pass: boolean
}

export type Measured = { readonly value: number; readonly floor: number }

/** At most, or at least, `times` the floor, and `plus` more. */
export type Bound = { readonly at: 'most' | 'least'; readonly times: number; readonly plus?: number }

export const figure = (name: string, unit: string, { value, floor }: Measured, bound: Bound): Figure => {
  const limit = bound.times * floor + (bound.plus ?? 0)
  return {
    name,
    value: rounded(value),
    unit,
    floor: rounded(floor),
    ratio: rounded(value / floor),
    target: targetOf(bound, unit),
    pass: bound.at === 'most' ? value <= limit : value >= limit,
  }
}

const targetOf = ({ at, times, plus = 0 }: Bound, unit: string): string => {
  const sign = at === 'most' ? '<=' : '>='
  if (plus === 0) return `${sign} ${times}`
  return times === 0 ? `${sign} ${plus} ${unit}` : `${sign} ${times} x floor + ${plus} ${unit}`
}

const rounded = (value: number): number => Number(value.toPrecision(4))

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return (low + high) / 2
}

type Sample = () => number | Promise<number>

/** Medians of so many pairs, floor and value in turn, so that both see the same machine. */
export const inPairs = async (pairs: number, floor: Sample, value: Sample): Promise<Measured> => {
  const floors: number[] = []
  const values: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    floors.push(await floor())
    values.push(await value())
  }
  return { floor: median(floors), value: median(values) }
}

/** Milliseconds that `work` takes. */
export const timed = async (work: () => unknown): Promise<number> => {
  const before = performance.now()
  await work()
  return performance.now() - before
}

/** A benchmark that finds a wrong result throws, and prints no figure. */
export const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
  if (!Object.is(actual, expected)) throw new Error(`${what} is ${String(actual)}, not ${String(expected)}`)
}
