import type { LoadRequest, LoadResult } from '#core/kinds/capabilities.ts'
import type { Projection } from '#core/kinds/task-context.ts'
import { vectorTypeOf } from '#core/kinds/vector-types.ts'
import type { TableHandle } from '#core/model/handle.ts'
import { encoderFor } from './choose-encoder.ts'
import type { Session } from './client.ts'
import { passageOf } from './column-types.ts'
import { makeStage, mergeStage, stage } from './merge.ts'
import { doOnce } from './once.ts'
import { prepareTarget, refuseWrongKeys, type Wanted } from './prepare-target.ts'
import { sendRows } from './send-rows.ts'
import { qualified, quoted } from './sql.ts'
import { tableNamed, type TargetColumn } from './target-table.ts'
import type { PostgresTarget } from './target.ts'

export const loadRows = async (target: PostgresTarget, request: LoadRequest): Promise<LoadResult> => {
  const { loadId, mode, signal } = request
  const handed = await handOver(request)
  const wanted = wantedOf(target, request, handed)
  refuseWrongKeys(wanted)
  const { recorded, repeated } = await doOnce(target, {
    loadId,
    schema: wanted.table.schema,
    // Done twice, these give the same.
    unrecorded: mode !== 'append',
    signal,
    work: async (session) => {
      const { rows, updated } = await write(session, { request, handed, wanted })
      return { table: wanted.table.name, rows, updated, statements: null }
    },
  })
  const { rows, updated } = recorded
  return { rows: rows ?? 0, columns: wanted.columns, repeated, ...(updated !== null && { updated }) }
}

/** The table as DuckDB hands it over: types that PostgreSQL has not are converted. */
const handOver = async ({ table, tables }: LoadRequest): Promise<TableHandle> => {
  const projections = table.columns.map(({ name, type }): Projection => {
    const { convert } = passageOf(type)
    return convert === null
      ? { name, from: name, cast: null }
      : { name, expression: convert.sql(tables.sql.identifier(name)) }
  })
  return projections.every((projection) => 'from' in projection) ? table : tables.select(table, projections)
}

const wantedOf = (target: PostgresTarget, request: LoadRequest, handed: TableHandle): Wanted => ({
  table: tableNamed(request.into, target.schema),
  into: request.into,
  mode: request.mode,
  keys: request.keys,
  columns: request.table.columns,
  types: handed.columns.map(({ name, type }) => vectorTypeOf(name, type)),
  warn: request.warn,
})

type Load = { readonly request: LoadRequest; readonly handed: TableHandle; readonly wanted: Wanted }

const write = async (session: Session, load: Load): Promise<{ rows: number; updated: number | null }> => {
  const { wanted } = load
  const columns = await prepareTarget(session, wanted)
  const copy = (into: string) => copyRows(session, load, into, columns)
  if (wanted.mode !== 'merge') return { rows: await copy(qualified(wanted.table)), updated: null }
  const keys = wanted.keys.map((key) => columns[wanted.columns.findIndex(({ name }) => name === key)]?.name ?? key)
  const merge = { table: wanted.table, columns: columns.map(({ name }) => name), keys }
  await makeStage(session, merge)
  return { rows: await copy(stage), updated: await mergeStage(session, merge) }
}

const copyRows = async (
  session: Session,
  { request, handed, wanted }: Load,
  into: string,
  columns: readonly TargetColumn[],
): Promise<number> => {
  const encoders = wanted.types.map((type, index) => {
    const column = columns[index]
    const encoder = column ? encoderFor(type, column) : null
    if (!encoder) throw new Error(`There is no encoder for column ${index + 1} of ${wanted.into}.`)
    return encoder
  })
  const copy = `COPY ${into} (${columns.map(({ name }) => quoted(name)).join(', ')}) FROM STDIN (FORMAT binary)`
  await session.run('SAVEPOINT millrace_rows')
  const { rows } = await request.tables.vectors(handed, async (vectors) => {
    // The rows may come a second time from the first on, when the files need another way of reading.
    await session.run('ROLLBACK TO SAVEPOINT millrace_rows')
    return { rows: await sendRows(session, vectors, { copy, encoders, progress: request.progress }) }
  })
  return rows
}
