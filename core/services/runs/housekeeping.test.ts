import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { FlowRun } from '#core/model/flow-run.ts'
import { openMemoryHome } from '#core/world/home/memory-home.ts'
import { migrations } from '#core/world/home/testing/migrations.ts'
import { created, sampleDocument, sampleEnded, sampleRun } from '#core/world/home/testing/sample-runs.ts'
import { keepHouse } from './housekeeping.ts'
import { createLiveRuns } from './live-runs.ts'
import { runFolders } from './run-folders.ts'

const homeWith = (...runs: readonly FlowRun[]) => {
  const home = openMemoryHome({ migrations })
  onTestFinished(() => home.close())
  home.store.putDocument(sampleDocument())
  home.store.append(created(...runs))
  for (const { id } of runs) fill(runFolders(home.dir, id).scratch)
  const live = createLiveRuns()
  return { ...home, live, house: () => keepHouse({ home: home.dir, store: home.store, live }) }
}

const fill = (folder: string): void => {
  mkdirSync(path.join(folder, 'load'), { recursive: true })
  writeFileSync(path.join(folder, 'load', 'half.csv'), 'id')
}

const scratchOf = (home: string, run: string) => existsSync(runFolders(home, run).scratch)

test('scratch of runs that ended before an engine died goes at the next start, and what had been thrown away', async () => {
  const home = homeWith(sampleEnded('ended', 'Completed', 1000), sampleRun('goes-on'))
  fill(path.join(home.dir, 'discarded', 'old'))
  const house = home.house()
  await expect.poll(() => scratchOf(home.dir, 'ended')).toBe(false)
  await house.stop()
  expect(scratchOf(home.dir, 'goes-on')).toBe(true)
  expect(readdirSync(path.join(home.dir, 'discarded'))).toEqual([])
})

test('a run that is resumed at once keeps the scratch it makes then', async () => {
  const home = homeWith(sampleRun('again'))
  const house = home.house()
  home.live.publish([{ kind: 'flow-run', flowRun: sampleEnded('again', 'Failed', 1000) }])
  expect(scratchOf(home.dir, 'again')).toBe(false)
  fill(runFolders(home.dir, 'again').scratch)
  await house.stop()
  expect(scratchOf(home.dir, 'again')).toBe(true)
})
