import { z } from 'zod'

/** What a suite came to. Failures and skips go by name. */
export type Tally = { readonly passed: number; readonly failed: readonly string[]; readonly skipped: readonly string[] }

export const noTests: Tally = { passed: 0, failed: [], skipped: [] }

export const sumOf = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
  failed: tallies.flatMap((tally) => tally.failed),
  skipped: tallies.flatMap((tally) => tally.skipped),
})

export const totalLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`

/** Vitest's JSON report, as far as we read it. */
const VitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

type FileResult = z.output<typeof VitestReport>['testResults'][number]

const tallyOfFile = ({ name, status, assertionResults }: FileResult): Tally => {
  const named = (wanted: (status: string) => boolean) =>
    assertionResults.filter((result) => wanted(result.status)).map((result) => result.fullName)
  const failed = named((result) => result === 'failed')
  return {
    passed: named((result) => result === 'passed').length,
    // A file that does not load, or whose hooks fail, has no failed test of its own.
    failed: status === 'failed' && failed.length === 0 ? [name] : failed,
    skipped: named((result) => result !== 'passed' && result !== 'failed'),
  }
}

const readReport = (report: string | null): Tally => {
  if (report === null) return noTests
  const parsed = VitestReport.parse(JSON.parse(report))
  return sumOf(parsed.testResults.map(tallyOfFile))
}

/**
 * What a run of vitest came to. A suite that has no tests, that ends badly without a failed test (an unhandled error),
 * or that had to be killed is one failure more, under its own name.
 */
export const tallyOfVitest = (suite: string, report: string | null, exitCode: number | null): Tally => {
  const tally = readReport(report)
  const count = tally.passed + tally.failed.length + tally.skipped.length
  if (count === 0) return { ...noTests, failed: [`${suite}: no test ran`] }
  if (exitCode === null)
    return { ...tally, failed: [...tally.failed, `${suite}: it did not end by itself and was killed`] }
  if (exitCode !== 0 && tally.failed.length === 0) return { ...tally, failed: [`${suite}: it did not end well`] }
  return tally
}
