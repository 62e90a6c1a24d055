import { describe, expect, test } from 'vitest'
import {
  created,
  decided,
  sampleDocument,
  sampleEnded,
  sampleRun,
  sampleTaskRun,
} from '#core/world/home/testing/sample-runs.ts'
import { homeInMemory, homeOnDisk } from '#core/world/home/testing/throw-away.ts'
import type { Recorded } from '#core/model/store.ts'

const kinds = [
  { kind: 'on disk', open: () => homeOnDisk() },
  { kind: 'in memory', open: () => homeInMemory() },
]

const rides = {
  kind: 'dataset',
  dataset: {
    location: 'duckdb:///w#rides',
    columns: [{ name: 'id', type: 'BIGINT' }],
    rows: 5,
    flowRun: 'run-1',
    taskRun: 'load',
    writtenAt: 4,
    madeFrom: ['file:///x'],
  },
} as const satisfies Recorded

describe.each(kinds)('a state store $kind', ({ open }) => {
  const openStore = async () => {
    const { store } = await open()
    store.putDocument(sampleDocument())
    return store
  }

  test('stores what jobs recorded with the decisions it comes with, or neither', async () => {
    const { artifacts, datasets, deletion, append } = await openStore()
    const note = (title: string, text: string, flowRun = 'run-1'): Recorded => {
      const artifact = { kind: 'markdown', title, text } as const
      return { kind: 'artifact', flowRun, taskRun: 'check', at: 3, artifact }
    }
    append(
      created(sampleRun('run-1')),
      [],
      [note('Rows', '# One'), note('Other', 'x'), note('Rows', 'of nobody', 'gone')],
    )
    append(decided('run-1', 0, sampleTaskRun('check', 'Running')), [], [note('Rows', '# Two'), rides])
    expect(artifacts.list('run-1')).toMatchObject([
      { flowRun: 'run-1', taskRun: 'check', kind: 'markdown', title: 'Other', at: 3 },
      { title: 'Rows', bytes: JSON.stringify({ kind: 'markdown', text: '# Two' }).length },
    ])
    const [, rows] = artifacts.list('run-1')
    expect(artifacts.find('run-1', rows?.id ?? 0)).toMatchObject({ title: 'Rows', kind: 'markdown', text: '# Two' })
    expect([artifacts.find('run-2', rows?.id ?? 0), artifacts.list('gone')]).toEqual([null, []])
    expect(datasets.find('duckdb:///w#rides')).toEqual(rides.dataset)
    // The number of the decision is taken already, so nothing of the batch may stay.
    expect(() => append(decided('run-1', 0, sampleTaskRun('check', 'Running')), [], [note('Third', 'x')])).toThrow(
      'UNIQUE',
    )
    expect(artifacts.list('run-1')).toHaveLength(2)
    append(created(sampleEnded('run-2', 'Completed', 2)), [], [note('Rows', 'x', 'run-2')])
    deletion.mark(['run-2'], 5)
    deletion.purge(['run-2'])
    expect(artifacts.list('run-2')).toEqual([])
  })

  test('keeps the profile of a result until the task run ends anew', async () => {
    const { profiles, artifacts, append } = await openStore()
    append(created(sampleRun('run-1')))
    const of = { flowRun: 'run-1', taskRun: 'clean', output: 'table', endedAt: 7 }
    const profile = { rows: 3, columns: [], omitted: [] }
    expect(profiles.find(of)).toBeNull()
    profiles.put({ ...of, at: 8, profile: { ...profile, rows: 2 } })
    profiles.put({ ...of, at: 9, profile })
    expect(profiles.find(of)).toEqual(profile)
    expect([profiles.find({ ...of, endedAt: 10 }), profiles.find({ ...of, output: 'rejects' })]).toEqual([null, null])
    expect(artifacts.list('run-1')).toEqual([])
    profiles.put({ ...of, flowRun: 'gone', at: 9, profile })
  })
})
