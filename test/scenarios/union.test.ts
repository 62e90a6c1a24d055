import { afterAll, expect } from 'vitest'
import { z } from 'zod'
import { sharedFile, testWithData } from '#test/fixtures/shared-data.ts'
import { statesOf, taskOf } from './millrace.ts'
import { openWorkspace } from './workspace.ts'

const space = openWorkspace()
afterAll(() => space.remove())

const Drift = z.array(z.object({ table: z.string(), column: z.string(), kind: z.string() }))

testWithData('months whose columns drifted are stacked by name, and what differs is reported, or refused', async () => {
  const read = (id: string, file: string) =>
    `  ${id}: { type: table.read, with: { path: ${JSON.stringify(sharedFile(file))} } }\n`
  const flow = space.flow(
    'months',
    `tasks:\n${read('november', 'green_tripdata_2020-11.pandas.parquet')}${read('february', 'green_tripdata_2021-02.pandas.parquet')}` +
      '  both: { type: table.union, inputs: { tables: [november.table, february.table] }, with: { drift: report } }\n' +
      '  strict: { type: table.union, inputs: { tables: [november.table, february.table] }, allow_failure: true }\n',
  )
  const result = await space.run(flow)
  expect(statesOf(result)).toEqual({
    november: 'Completed',
    february: 'Completed',
    both: 'Completed',
    strict: 'Failed',
  })
  const { outputs } = taskOf(result, 'both')
  expect(outputs['table']).toMatchObject({ rows: 153_177 })
  const drift = Drift.parse(outputs['drift']).map(({ table, column, kind }) => `${table} ${column} ${kind}`)
  expect(drift).toEqual([
    'february lpep_pickup_datetime type',
    'february lpep_dropoff_datetime type',
    'february tpep_pickup_datetime missing',
    'february tpep_dropoff_datetime missing',
  ])
  expect(taskOf(result, 'strict').state.message).toMatch(
    /The tables differ: lpep_pickup_datetime is TIMESTAMP in february and VARCHAR in november; .*february has no tpep_dropoff_datetime/,
  )
})
