import type { Output, Outputs, TableHandle } from '#core/model/handle.ts'
import type { LazyJob, TableMember } from './job.ts'
import { compute, lastOf, materialise, readLeniently, type JobTables } from './compute.ts'
import { identifier } from './sql.ts'

/**
 * Outputs of the last member: nobody after it in the job computes its tables, so it is done here. A table that others
 * take is written to Parquet, unless it is nothing but a scan of Parquet files; one that nobody takes is only counted.
 */
export const finishLast = async (job: LazyJob, member: TableMember, outputs: Outputs): Promise<Outputs> => {
  const finished: Record<string, Output> = {}
  for (const [name, handle] of Object.entries(outputs)) {
    const open = handle.kind === 'table' && handle.path === null
    finished[name] = open
      ? await finishTable(await job.open(), handle, member.taken.includes(name) ? member : null)
      : handle
  }
  return finished
}

const finishTable = async (job: JobTables, table: TableHandle, taker: TableMember | null): Promise<TableHandle> => {
  const scan = table.steps.length === 1 ? lastOf(table).scan : undefined
  if (taker && scan === undefined) return materialise(job, table, taker.results)
  // Every column is looked at, so that a value that does not fit its type shows here and not later. Parquet as it stands
  // needs no look: its files tell how many rows they hold.
  const looks = scan === 'exact' ? [] : table.columns.map(({ name }) => `count(${identifier(name)})`)
  await compute(job, table, async (select) => {
    const { rows } = await job.connection.ask(`SELECT ${['count(*) AS total', ...looks].join(', ')} FROM (${select})`)
    return { rows: Number(rows[0]?.['total']) }
  })
  return table
}

/** The same outputs with the row counts that are known by now. */
export const measured = (job: JobTables | null, outputs: Outputs): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, handle]): [string, Output] => {
      if (!job || handle.kind !== 'table' || handle.path !== null) return [name, handle]
      const rows = handle.rows ?? job.counts.get(lastOf(handle).name)?.rows ?? null
      return [name, { ...handle, steps: readLeniently(job, handle.steps), rows }]
    }),
  )
