// `npm test`
import { conclude } from './conclude.ts'
import { installPrograms } from './programs.ts'
import { runCheck, runStaticStep } from './run-check.ts'
import { runSuite } from './run-suite.ts'
import { benchPrograms, otherSuites, testPrograms } from './suites.ts'
import { sumOf } from './tally.ts'

const suitePrograms = otherSuites.flatMap((suite) => suite.programs)
installPrograms([...suitePrograms, ...testPrograms, ...(process.env['CI'] ? benchPrograms : [])])
const tallies = [
  await runStaticStep({ name: 'build', tool: 'build', args: [], limit: 60_000, show: false }),
  await runCheck(),
]
for (const suite of otherSuites) tallies.push(await runSuite(suite, true))
conclude(sumOf(tallies))
