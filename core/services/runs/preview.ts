import { z } from 'zod'
import { field } from '#core/kinds/field.ts'
import { defineTask } from '#core/kinds/task-type.ts'
import type { JsonValue, Output } from '#core/model/handle.ts'
import type { Preview } from '#core/model/reports.ts'
import type { StateStore } from '#core/model/store.ts'
import { askWorker, findTable, type AskWorld } from './ask-worker.ts'
import { changedSources } from './changed-sources.ts'

export type PreviewRequest = {
  readonly flowRun: string
  readonly task: string
  readonly output?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** Reads a page of a table in a worker, where DuckDB is. Known to workers only; no flow can name it. */
export const previewTask = defineTask({
  type: 'table.preview',
  version: 1,
  title: 'Preview',
  summary: 'Reads some rows of a table.',
  group: 'source',
  icon: 'table',
  config: z.object({ limit: field.integer({ title: 'Rows' }), offset: field.integer({ title: 'From row' }) }),
  inputs: { table: { kind: 'table', title: 'Table' } },
  outputs: { rows: { kind: 'value', title: 'Rows' } },
  examples: [{ limit: 20, offset: 0 }],
  traits: { tables: 'reads' },
  run: async ({ config, inputs, tables }) => {
    const rows = await tables.ask(
      { input: inputs.table },
      `select * from {input} limit ${config.limit} offset ${config.offset}`,
    )
    return { rows: { kind: 'value', value: [...rows] } }
  },
})

export type PreviewWorld = AskWorld & { readonly store: Pick<StateStore, 'findFlowRun' | 'taskRun'> }

/** Rows of a table output while its run is kept: from its file, or computed again from its plan. */
export const previewTable =
  (world: PreviewWorld) =>
  async (request: PreviewRequest, signal: AbortSignal): Promise<Preview> => {
    const of = findTable(world.store, request)
    const settings = { limit: request.limit, offset: request.offset }
    const asker = `preview-${world.newId()}`
    const { rows } = await askWorker(world, { of, type: previewTask.type, settings, asker }, signal)
    const { columns, rows: rowCount, bytes } = of.table
    return { columns, rows: rowsOf(rows), rowCount, bytes, changedSources: changedSources(of) }
  }

type Rows = readonly Readonly<Record<string, JsonValue>>[]

const rowsOf = (output: Output | undefined): Rows =>
  output?.kind === 'value' && Array.isArray(output.value) ? (output.value as Rows) : []
