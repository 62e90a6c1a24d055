/** Of a benchmark that was measured. */
export type Outcome = 'met' | 'missed' | 'failed'

export type Report = Readonly<Record<Outcome | 'leftOut', readonly string[]>>

type Benchmark = { readonly name: string; readonly seconds: number }

type Options<B> = {
  /** Seconds for all together. */
  readonly within: number
  /** Seconds. */
  now(): number
  measure(benchmark: B): Promise<Outcome>
}

/** Measures one after the other, and leaves out what it cannot expect to end in time on a machine as slow as this one. */
export const measureAll = async <B extends Benchmark>(
  benchmarks: readonly B[],
  { within, now, measure }: Options<B>,
): Promise<Report> => {
  const report: Record<keyof Report, string[]> = { met: [], missed: [], failed: [], leftOut: [] }
  const began = now()
  let expected = 0
  for (const benchmark of benchmarks) {
    const spent = now() - began
    const slowness = expected === 0 ? 1 : Math.max(1, spent / expected)
    const fits = spent + benchmark.seconds * slowness <= within
    report[fits ? await measure(benchmark) : 'leftOut'].push(benchmark.name)
    if (fits) expected += benchmark.seconds
  }
  return report
}

/** A line for each thing that a reader must know beyond the figures. */
export const remarksOn = ({ missed, failed, leftOut }: Report, within: number): readonly string[] =>
  [
    { what: 'Missed a target', names: missed },
    { what: 'Failed', names: failed },
    { what: `Left out, since they would not have ended within ${within} s`, names: leftOut },
  ]
    .filter(({ names }) => names.length > 0)
    .map(({ what, names }) => `${what}: ${names.join(', ')}.`)
