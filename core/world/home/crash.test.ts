import { expect, test } from 'vitest'
import { ownerProcess } from './testing/owner.ts'
import { homeOnDisk, throwAwayFolder } from './testing/throw-away.ts'

/** A small generator, so that a seed gives the same moments again. */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const kills = 8

test('nothing acknowledged is lost, and nothing is half there, whenever the process is killed', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  const dir = throwAwayFolder()
  let acknowledged = -1
  for (let kill = 0; kill < kills; kill++) {
    const writer = ownerProcess(dir, 'write')
    const lines = 1 + Math.floor(random() * 150)
    for (let line = 0; line < lines; line++) await writer.next()
    acknowledged = Math.max(acknowledged, await writer.kill())
  }
  const { store, logs, token } = await homeOnDisk(dir)
  const numbers = store.events('run-1').map(({ at }) => at)
  const seqs = logs.lines({ flowRun: 'run-1', limit: 1e6 }).map(({ seq }) => seq)
  const found = {
    seed,
    token,
    lost: Math.max(0, acknowledged + 1 - numbers.length),
    gapsInEvents: numbers.filter((number, index) => number !== index).length,
    gapsInLogs: seqs.filter((seq, index) => seq !== index + 1).length,
    counted: store.taskRun('run-1', 'fetch')?.runCount,
  }
  expect(found).toEqual({
    seed,
    token: kills + 1,
    lost: 0,
    gapsInEvents: 0,
    gapsInLogs: 0,
    counted: numbers.length - 1,
  })
})
