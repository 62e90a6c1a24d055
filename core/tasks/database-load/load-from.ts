import type { DatabaseClient, LoadResult, TableLayout } from '#core/kinds/capabilities.ts'
import { partitionOf } from '#core/kinds/partition.ts'
import type { TaskContext } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { FileHandle, TableHandle } from '#core/model/handle.ts'
import { keyColumns } from './key-columns.ts'
import type { LoadSettings } from './settings.ts'

type Inputs = { readonly table: TableHandle | undefined; readonly files: readonly FileHandle[] | undefined }

type Context = Pick<
  TaskContext<LoadSettings, Inputs>,
  'config' | 'inputs' | 'tables' | 'run' | 'log' | 'signal' | 'progress'
>

/** From rows, from files, or from objects that the database fetches itself: one of the three. */
export const loadFrom = async (context: Context, database: DatabaseClient): Promise<LoadResult> => {
  const { config, inputs, tables, run, log, signal, progress } = context
  const { into, mode, objects } = config
  const layout = layoutOf(config, database)
  const common = { tables, into, mode, loadId: run.loadId, signal, warn: log.warning, ...(layout && { layout }) }
  const files = inputs.files ?? []
  const sources = [inputs.table !== undefined, files.length > 0, objects.length > 0].filter(Boolean)
  if (sources.length !== 1) throw refuseSources(sources.length)
  if (objects.length > 0) {
    if (!database.loadObjects) throw refuseObjects(database, objects)
    return database.loadObjects({
      ...common,
      objects,
      keys: config.keys,
      progress: (done) => progress({ done, total: null, unit: 'rows' }),
    })
  }
  const table =
    inputs.table ??
    (
      await tables.read(
        files.map(({ path, name }) => ({ path, partition: partitionOf(name) })),
        asItIs,
      )
    ).table
  const keys = keyColumns(table.columns, config.keys)
  return database.load({
    ...common,
    table,
    keys,
    progress: (done) => progress({ done, total: table.rows, unit: 'rows' }),
  })
}

const plainCsv = { header: true, delimiter: null, quote: '"', nulls: [''], quotedNulls: false } as const
const asItIs = { format: 'auto', types: {}, strict: false, badRows: 'fail', columns: null, csv: plainCsv } as const

const layoutOf = (
  { partition_by, partition_unit, cluster_by }: LoadSettings,
  database: DatabaseClient,
): TableLayout | null => {
  if (partition_by === undefined && cluster_by.length === 0) return null
  if (database.takesLayout)
    return {
      partition: partition_by === undefined ? null : { column: partition_by, by: partition_unit },
      cluster: cluster_by,
    }
  const message = `${database.location} has no partitions and clusters; BigQuery has. Take “partition_by” and “cluster_by” out, or choose a bigquery block.`
  throw new Refused({ code: 'invalid', message })
}

const refuseSources = (count: number): Refused =>
  new Refused({
    code: 'invalid',
    message:
      count === 0
        ? 'There is nothing to load: connect “table” or “files”, or name “objects”. No file came in either.'
        : 'It is not clear what to load: of “table”, “files” and “objects” give only one.',
  })

const refuseObjects = ({ location }: DatabaseClient, objects: readonly string[]): Refused =>
  new Refused({
    code: 'invalid',
    message: `${location} does not fetch ${objects[0]} itself; BigQuery does. Bring it here first: storage.download, then connect its files.`,
  })
