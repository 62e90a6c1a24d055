import { expect, onTestFinished, test } from 'vitest'
import { isPostgresHere } from '#test/fixtures/postgres.ts'
import { crashCampaign } from './campaign.ts'
import { openRemote } from './remote.ts'

const kills = 25
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

test.runIf(process.platform === 'linux')(
  'a run that is killed at any moment and resumed loads every row once and leaves nothing behind',
  async () => {
    const remote = isPostgresHere ? await openRemote() : null
    onTestFinished(() => remote?.close())
    const result = await crashCampaign({ kills, seed, remote, say: (line) => void process.stderr.write(`${line}\n`) })
    expect(result).toMatchObject({ seed, problems: [], pass: true })
  },
)
