import type { Figure } from './figure.ts'

/** How much is measured: all of it, or for CI less data and fewer pairs. */
export type Scale = { readonly short: boolean; readonly pairs: number }

export type Benchmark = {
  /** Its figures have this name, or begin with it and a dot. */
  readonly name: string
  /** Programs that must be on the PATH. */
  readonly programs: readonly string[]
  /** What its short form takes on two cores. */
  readonly seconds: number
  /** Whether it needs what only Linux has: /proc, LD_PRELOAD. */
  readonly linux: boolean
  run(scale: Scale): Promise<readonly Figure[]>
}
