import { rm } from 'node:fs/promises'
import type { LoadRequest, LoadResult, ObjectLoadRequest } from '#core/kinds/capabilities.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { Api } from './api.ts'
import { columnSql, differencesOf, fitColumns, type Fitted } from './fit-columns.ts'
import { doOnce, inserting, type Done } from './jobs.ts'
import { kept, layoutOf, type ApiLayout } from './layout.ts'
import { mergeOnce, type Loading } from './merge.ts'
import { duckdbType } from './result-types.ts'
import { ensureDataset, findTable, referenceTo } from './tables.ts'
import { tableNamed, type TableName } from './target.ts'
import { uploading } from './upload.ts'

export const loadRows = async (api: Api, request: LoadRequest): Promise<LoadResult> => {
  const { into, mode, table, signal, keys } = request
  const name = tableNamed(into, api.target)
  const location = await ensureDataset(api, signal)
  const fit = async () => {
    const existing = await findTable(api, name, signal)
    const fitted = fitColumns({ into, mode, columns: table.columns }, existing)
    const differences = existing && mode === 'replace' ? differencesOf(table.columns, existing) : []
    if (differences.length > 0)
      request.warn(`The table “${into}” gets the columns of the rows, which differ: ${differences.join('; ')}.`)
    return {
      existing,
      fitted,
      layout: chosen(
        layoutOf(
          request.layout,
          fitted.map(({ field }) => field),
        ),
        existing && mode === 'replace' ? kept(existing) : {},
      ),
    }
  }
  if (mode === 'merge') {
    const merged = await mergeOnce(api, { loadId: request.loadId, location, signal, name }, async () => {
      const { fitted, layout } = await fit()
      const keyFields = keys.map((key) => fitted.find(({ column }) => column.name === key)?.field.name ?? key)
      return {
        keys: keyFields,
        layout,
        fields: () => Promise.resolve(fitted.map(({ field }) => field)),
        loading: sendingRows(api, request, fitted),
      }
    })
    return { ...merged, columns: table.columns }
  }
  const done = await doOnce(api, {
    loadId: request.loadId,
    step: 'load',
    location,
    signal,
    isThere: async () => (await findTable(api, name, signal)) !== null,
    submit: async (place) => {
      const { fitted, layout } = await fit()
      const write = mode === 'append' ? 'WRITE_APPEND' : 'WRITE_TRUNCATE'
      return sendingRows(api, request, fitted)({ name, write, layout })(place)
    },
  })
  return { rows: rowsOf(done), columns: table.columns, repeated: done.repeated }
}

export const loadObjects = async (api: Api, request: ObjectLoadRequest): Promise<LoadResult> => {
  const { into, mode, signal, loadId, keys } = request
  const name = tableNamed(into, api.target)
  const location = await ensureDataset(api, signal)
  const loading = fetchingObjects(api, request)
  const layout = layoutOf(request.layout, null)
  const columns = async () =>
    ((await findTable(api, name, signal))?.schema.fields ?? []).map((field) => ({
      name: field.name,
      type: duckdbType(field),
    }))
  if (mode === 'merge') {
    const merged = await mergeOnce(api, { loadId, location, signal, name }, () =>
      Promise.resolve({
        keys,
        layout,
        loading,
        fields: async (staged) => (await findTable(api, staged, signal))?.schema.fields ?? [],
      }),
    )
    return { ...merged, columns: await columns() }
  }
  const done = await doOnce(api, {
    loadId,
    step: 'load',
    location,
    signal,
    isThere: async () => (await findTable(api, name, signal)) !== null,
    submit: async (place) => {
      const existing = mode === 'replace' ? await findTable(api, name, signal) : null
      const write = mode === 'append' ? 'WRITE_APPEND' : 'WRITE_TRUNCATE'
      return loading({ name, write, layout: chosen(layout, existing ? kept(existing) : {}) })(place)
    },
  })
  return { rows: rowsOf(done), columns: await columns(), repeated: done.repeated }
}

/** What is asked for, else what was there. */
const chosen = (asked: ApiLayout, there: ApiLayout): ApiLayout => (Object.keys(asked).length > 0 ? asked : there)

const rowsOf = ({ job }: Done): number => job.statistics.load?.outputRows ?? 0

/** The rows as Parquet in the results of the task run, sent from there; a file that is there already is sent as it is. */
const sendingRows =
  (api: Api, request: LoadRequest, fitted: readonly Fitted[]): Loading =>
  ({ name, write, layout }) =>
  async (place) => {
    const { table, tables, signal, progress } = request
    const made = await tables.materialise(await handOver(request, fitted))
    const { path, bytes, rows } = made
    if (path === null || bytes === null) throw new Error('A materialised table has no file.')
    const configuration = {
      load: {
        ...loadInto(api, name, write),
        ...layout,
        sourceFormat: 'PARQUET',
        parquetOptions: { enableListInference: true },
        schema: { fields: fitted.map(({ field }) => field) },
      },
    }
    try {
      return await uploading(api, {
        path,
        bytes,
        configuration,
        signal,
        progress: (sent) => progress(Math.round(((rows ?? 0) * sent) / bytes)),
      })(place)
    } finally {
      if (path !== table.path) await rm(path, { force: true })
    }
  }

/** The table as it is written to Parquet. */
const handOver = async ({ table, tables }: LoadRequest, fitted: readonly Fitted[]): Promise<TableHandle> => {
  const isAsItIs = fitted.every(({ column, field, passage }) => passage.convert === null && column.name === field.name)
  if (isAsItIs) return table
  const columns = fitted.map((one) => columnSql(one, tables.sql))
  return tables.derive({ rows: table }, `SELECT ${columns.join(', ')} FROM {rows}`)
}

const loadInto = (api: Api, name: TableName, write: string) => ({
  destinationTable: referenceTo(api, name),
  createDisposition: 'CREATE_IF_NEEDED',
  writeDisposition: write,
})

const formats: readonly (readonly [RegExp, object])[] = [
  [/\.parquet$/i, { sourceFormat: 'PARQUET', parquetOptions: { enableListInference: true } }],
  [/\.csv(\.gz)?$/i, { sourceFormat: 'CSV', autodetect: true, skipLeadingRows: 1, allowQuotedNewlines: true }],
  [/\.(ndjson|jsonl|json)(\.gz)?$/i, { sourceFormat: 'NEWLINE_DELIMITED_JSON', autodetect: true }],
  [/\.avro$/i, { sourceFormat: 'AVRO', useAvroLogicalTypes: true }],
  [/\.orc$/i, { sourceFormat: 'ORC' }],
]

const fetchingObjects = (api: Api, { objects, signal }: ObjectLoadRequest): Loading => {
  const kinds = new Set(objects.map((uri) => formats.find(([pattern]) => pattern.test(uri))?.[1]))
  const [format] = kinds
  if (kinds.size !== 1 || format === undefined) {
    throw new Refused({
      code: 'invalid',
      message: `The names of the objects do not say of what one kind they are: ${objects.join(', ')}. They end in .parquet, .csv, .csv.gz, .ndjson, .avro or .orc, all in the same.`,
    })
  }
  return ({ name, write, layout }) =>
    inserting(api, { load: { ...loadInto(api, name, write), ...layout, ...format, sourceUris: objects } }, signal)
}
