import type { JsonValue } from '#core/model/handle.ts'
import type { TaskTypeSummary } from '#core/model/task-type-summary.ts'

/** What both pages show: so many tasks in rows of fifty, each taking what the one to its left gives. */
export const row = 50

export const step = { x: 300, y: 110 } as const

export const idOf = (index: number): string => `task_${index}`

export const placeOf = (index: number): [number, number] => [(index % row) * step.x, Math.floor(index / row) * step.y]

export const flowOf = (count: number): JsonValue => {
  const indexes = Array.from({ length: count }, (_, index) => index)
  return {
    name: 'large',
    tasks: Object.fromEntries(
      indexes.map((index): [string, JsonValue] => [
        idOf(index),
        {
          type: 'table.filter',
          ...(index % row > 0 && { inputs: { table: `${idOf(index - 1)}.table` } }),
          with: { where: `n > ${index}` },
        },
      ]),
    ),
    layout: Object.fromEntries(indexes.map((index) => [idOf(index), placeOf(index)])),
  }
}

export const filterType: TaskTypeSummary = {
  type: 'table.filter',
  version: 1,
  title: 'Filter rows',
  summary: '',
  group: 'transform',
  icon: 'funnel',
  aliases: [],
  inputs: { table: { kind: 'table', title: 'Rows in' } },
  outputs: { table: { kind: 'table', title: 'Rows kept' } },
  fields: [{ name: 'where', widget: 'sql', title: 'Condition', key: true, required: true, schema: {} }],
  examples: [],
  traits: { runs: 'worker', tables: 'lazy', effect: false, optional: [], many: [] },
}
