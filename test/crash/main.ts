// `npm run crash [-- --kills N] [--seed N]`: one JSON line with the result on stdout, all else on stderr.
import { parseArgs } from 'node:util'
import { findProgram } from '#test/run/programs.ts'
import { crashCampaign } from './campaign.ts'
import { openRemote } from './remote.ts'

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } })
const remote = findProgram('initdb') === null ? null : await openRemote()
const result = await crashCampaign({
  kills: Number(values.kills ?? 25),
  seed: Number(values.seed ?? Date.now() % 1_000_000),
  remote,
  say: (line) => void process.stderr.write(`${line}\n`),
})
await remote?.close()
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exitCode = result.pass ? 0 : 1
