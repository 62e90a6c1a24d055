import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { RetentionPolicy } from '#core/model/store.ts'
import { created, sampleDocument, sampleEnded } from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory } from '#core/world/home/testing/throw-away.ts'
import { keepWithinPolicy, typesFolder } from './retention.ts'
import { runFolders } from './runs/run-folders.ts'

const hour = 3_600_000
const start = Date.parse('2026-11-20T12:00:00Z')

/** A home of completed runs with 100 bytes each, and engines that end at once. */
const homeOf = async (...names: readonly string[]) => {
  const { store, logs, dir } = await homeInMemory()
  store.putDocument(sampleDocument())
  store.append(created(...names.map((name, index) => sampleEnded(name, 'Completed', start - 1000 + index))))
  for (const name of names) {
    mkdirSync(runFolders(dir, name).results, { recursive: true })
    store.deletion.setResultBytes(name, 100)
  }
  const endOfEngine = (policy: Partial<RetentionPolicy>, at = start) => {
    const config = { retention: () => ({ age: 30 * 24 * hour, bytes: 1000, ...policy }) }
    return keepWithinPolicy({ store, logs, home: dir, config, openFiles: () => [], now: () => at }).stop()
  }
  const kept = () => names.filter((name) => existsSync(runFolders(dir, name).run) && store.flowRun(name))
  return { dir, endOfEngine, kept }
}

test('an engine that ends gives up what is too much, also minutes after the last one did; the last good run stays', async () => {
  const { endOfEngine, kept } = await homeOf('a', 'b', 'c')
  await endOfEngine({})
  expect(kept()).toEqual(['a', 'b', 'c'])
  await endOfEngine({ bytes: 250 }, start + 60_000)
  expect(kept()).toEqual(['b', 'c'])
  await endOfEngine({ bytes: 1 }, start + 120_000)
  expect(kept()).toEqual(['c'])
})

test('the rest of the policy is applied at the end of an engine once an hour', async () => {
  const { dir, endOfEngine } = await homeOf('a')
  const file = path.join(typesFolder(dir), 'inferred.json')
  const old = (): void => {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, '{}')
    utimesSync(file, 0, 0)
  }
  old()
  await endOfEngine({})
  expect(existsSync(file)).toBe(false)
  old()
  await endOfEngine({}, start + hour - 1)
  expect(existsSync(file)).toBe(true)
  await endOfEngine({}, start + hour)
  expect(existsSync(file)).toBe(false)
})
