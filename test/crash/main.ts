// `npm run crash [-- --kills N] [--seed N]`: one JSON line with the result on stdout, all else on stderr.
import { parseArgs } from 'node:util'
import { crashCampaign } from './campaign.ts'

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } })
const result = await crashCampaign({
  kills: Number(values.kills ?? 25),
  seed: Number(values.seed ?? Date.now() % 1_000_000),
  say: (line) => void process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exitCode = result.pass ? 0 : 1
