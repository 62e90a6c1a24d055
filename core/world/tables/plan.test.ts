import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { tableAggregate } from '#core/tasks/table-aggregate/index.ts'
import { tableFill } from '#core/tasks/table-fill/index.ts'
import { tableFilter } from '#core/tasks/table-filter/index.ts'
import { tableRead } from '#core/tasks/table-read/index.ts'
import { tableSelect } from '#core/tasks/table-select/index.ts'
import { tableWrite } from '#core/tasks/table-write/index.ts'
import { completed, outputsOf, tableJobs, tableOf, type Step } from '#test/fixtures/table-job.ts'

const jobs = tableJobs()
afterAll(jobs.close)

const row = fc.record({ a: fc.option(fc.integer({ min: 0, max: 9 })), b: fc.option(fc.constantFrom('x', 'y', 'z')) })

/** Every step takes and leaves columns a (whole) and b (text), so that any may follow any. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      where: fc.constantFrom('a > 4', "b = 'x'", 'a % 2 = 0', 'a IS NOT NULL', "a > 2 OR b = 'y'", 'random() < 2'),
      nulls: fc.constantFrom('drop', 'keep'),
    })
    .map((settings) => ({ type: tableFilter, with: settings })),
  fc
    .record({ limit: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), by: fc.constantFrom('a', 'b') })
    .map(({ limit, by }) => ({
      type: tableAggregate,
      with: {
        by: [by],
        expressions: by === 'a' ? { b: 'max(b)' } : { a: 'sum(a)::BIGINT' },
        order: [`${by} desc`],
        ...(limit !== undefined && { limit }),
      },
    })),
  fc.constant({ type: tableAggregate, with: { expressions: { a: 'count(*)', b: 'max(b)' } } }),
  fc.constantFrom({ a: 5 }, { b: 'x', a: 0 }, { a: { with: 'previous' } }).map((columns) => ({
    type: tableFill,
    with: { columns, order: ['b', 'a'] },
  })),
  fc.constant({ type: tableSelect, with: { add: { a: 'a + 1' } } }),
)

test('rows of every step, and what each says of them, are those of the steps computed one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 30 }),
      fc.array(step, { minLength: 1, maxLength: 5 }),
      async (rows, steps) => {
        const path = join(jobs.folder, 'rows.csv')
        writeFileSync(path, ['a,b', ...rows.map(({ a, b }) => `${a ?? ''},${b ?? ''}`), ''].join('\n'))
        const read: Step = { type: tableRead, with: { path, types: { a: 'BIGINT', b: 'VARCHAR' } }, taken: ['table'] }
        const together = await jobs.run([read, ...steps, { type: tableWrite }])
        const alone = await jobs.run([read])
        const counts = [tableOf(outputsOf(alone, 0)).rows]
        const said: string[] = []
        let table = tableOf(outputsOf(alone, 0))
        for (const one of steps) {
          const ran = await jobs.run([{ ...one, inputs: { table }, taken: ['table'] }])
          table = tableOf(outputsOf(ran, 0))
          counts.push(table.rows)
          said.push(...spoken(ran.log))
        }
        expect(together.outcomes.slice(0, -1).map((one) => tableOf(completed(one)).rows)).toEqual(counts)
        expect(spoken(together.log).filter((line) => !line.includes('Wrote'))).toEqual(said)
      },
    ),
    { numRuns: 25 },
  )
})

const spoken = (log: readonly string[]) => log.filter((line) => !line.startsWith('debug'))
