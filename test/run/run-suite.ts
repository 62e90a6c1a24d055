import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { missingPrograms, packagesOf } from './programs.ts'
import { root, runStep, say, seconds } from './step.ts'
import type { Suite } from './suites.ts'
import { noTests, tallyOfVitest, totalLine } from './tally.ts'
import type { Tally } from './tally.ts'

const projectArguments = (suite: Suite): string[] => suite.projects.flatMap((project) => ['--project', project])

const readIfPresent = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const ListedTests = z.array(z.object({ name: z.string() }))

/** Skips every test of the suite by name. On CI a part that is missing is a failure. */
const leaveOut = async (suite: Suite, packages: string): Promise<Tally> => {
  const reason = `${suite.name}: needs ${packages}`
  if (process.env['CI']) return { ...noTests, failed: [reason] }
  const args = ['list', '--json', ...projectArguments(suite)]
  const { output } = await runStep({ name: suite.name, tool: 'vitest', args, limit: 60_000, show: false })
  const tests = ListedTests.parse(JSON.parse(output.slice(output.indexOf('['))))
  return { ...noTests, skipped: tests.map(({ name }) => `${reason}: ${name}`) }
}

export const runSuite = async (suite: Suite, show: boolean): Promise<Tally> => {
  const missing = missingPrograms(suite.programs)
  if (missing.length > 0) return leaveOut(suite, packagesOf(missing))
  const report = join(root, '.cache/tests', `${suite.name}.json`)
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const args = [
    'run',
    ...projectArguments(suite),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const limit = suite.limit * 60_000
  const { exitCode, output, duration } = await runStep({ name: suite.name, tool: 'vitest', args, limit, show })
  const tally = tallyOfVitest(suite.name, readIfPresent(report), exitCode)
  if (tally.failed.length > 0) say(output)
  say(`${suite.name}: ${totalLine(tally)} (${seconds(duration)})`)
  return tally
}
