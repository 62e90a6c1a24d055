import { execFileSync } from 'node:child_process'
import type { Scale } from './benchmark.ts'
import { bundle, requireBundle } from './bundle.ts'
import { expectEqual, figure, inPairs, timed, type Figure } from './figure.ts'
import { version } from '#core/version.ts'

const node = (...args: string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()

/** The bundled `millrace version`, with its compile cache filled, against Node doing nothing. */
export const startCli = async ({ pairs }: Scale): Promise<Figure[]> => {
  requireBundle()
  for (let warm = 0; warm < 3; warm += 1) expectEqual('the version', node(bundle, 'version'), version)
  const measured = await inPairs(
    pairs * 5,
    () => timed(() => node('-e', '0')),
    () => timed(() => node(bundle, 'version')),
  )
  return [figure('start.cli', 'ms', measured, { at: 'most', times: 3 })]
}
