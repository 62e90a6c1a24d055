import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { runSuite } from './run-suite.ts'
import { root, runStep, say, seconds } from './step.ts'
import type { Step } from './step.ts'
import { unitSuite } from './suites.ts'
import { noTests, sumOf } from './tally.ts'
import type { Tally } from './tally.ts'

const limit = 3 * 60_000

const References = z.object({ references: z.array(z.object({ path: z.string() })) })

/** One step for each tsconfig that the one at the top refers to. */
const typeSteps = (): Step[] => {
  const { references } = References.parse(JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')))
  return references.map(({ path }) => ({ name: `types ${path}`, tool: 'tsc', args: ['-p', path], limit, show: false }))
}

const staticSteps = (): Step[] => [
  ...typeSteps(),
  { name: 'lint', tool: 'oxlint', args: ['--type-aware', '--deny-warnings'], limit, show: false },
  { name: 'dead code', tool: 'knip', args: [], limit, show: false },
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level=warn', '.'], limit, show: false },
]

/** A step counts as one test. */
export const runStaticStep = async (step: Step): Promise<Tally> => {
  const { exitCode, output, duration } = await runStep(step)
  const passed = exitCode === 0
  if (!passed) say(output)
  say(`${step.name}: ${passed ? 'passed' : 'failed'} (${seconds(duration)})`)
  return passed ? { ...noTests, passed: 1 } : { ...noTests, failed: [step.name] }
}

const inTwoLanes = async (steps: readonly Step[]): Promise<Tally> => {
  const waiting = [...steps]
  const tallies: Tally[] = []
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) tallies.push(await runStaticStep(step))
  }
  await Promise.all([lane(), lane()])
  return sumOf(tallies)
}

/** Format, types, lint, dead code; then unit tests, with the layers among them. */
export const runCheck = async (): Promise<Tally> => {
  const checked = await inTwoLanes(staticSteps())
  return sumOf([checked, await runSuite(unitSuite, false)])
}
