import { say } from './step.ts'
import { totalLine } from './tally.ts'
import type { Tally } from './tally.ts'

/** Names what failed and what was skipped, then the totals on a line of their own, which is the last. */
export const conclude = (tally: Tally): void => {
  say('')
  for (const name of tally.skipped) say(`skipped: ${name}`)
  for (const name of tally.failed) say(`failed: ${name}`)
  say(totalLine(tally))
  process.exitCode = tally.failed.length === 0 ? 0 : 1
}
