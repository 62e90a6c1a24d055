import { createHash } from 'node:crypto'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import type { SchemaField } from './answers.ts'
import type { Api } from './api.ts'
import { doOnce, inserting, newJobId, submitAndAwait, type Submit } from './jobs.ts'
import type { ApiLayout } from './layout.ts'
import { askTexts } from './pages.ts'
import { queryConfiguration } from './query-configuration.ts'
import { dropTable, ensureTable, findTable } from './tables.ts'
import { qualified, quoted, type TableName } from './target.ts'

/** Makes a load job out of where the rows go. */
export type Loading = (into: {
  readonly name: TableName
  readonly write: 'WRITE_APPEND' | 'WRITE_TRUNCATE'
  readonly layout: ApiLayout
}) => Submit

export type Merge = {
  readonly keys: readonly string[]
  /** Of the table, when it is made now. */
  readonly layout: ApiLayout
  readonly loading: Loading
  fields(staged: TableName): Promise<readonly SchemaField[]>
}

type Where = {
  readonly loadId: string
  readonly location: string
  readonly signal: AbortSignal
  readonly name: TableName
}

export type Merged = { readonly rows: number; readonly updated: number; readonly repeated: boolean }

/** After so long a staging table goes by itself, where the load that made it died: milliseconds. */
const lifetime = 7 * 24 * 3_600_000

/** Rows go into a table beside, and from there in one MERGE, which happens whole or not at all, and once. */
export const mergeOnce = async (api: Api, where: Where, prepare: () => Promise<Merge>): Promise<Merged> => {
  const { loadId, location, signal, name } = where
  const hash = createHash('sha256').update(loadId).digest('hex').slice(0, 16)
  const staged = { dataset: name.dataset, table: `_millrace_stage_${hash}` }
  try {
    const { job, repeated } = await doOnce(api, {
      loadId,
      step: 'merge',
      location,
      signal,
      isThere: async () => (await findTable(api, name, signal)) !== null,
      submit: async (place) => {
        const merge = await prepare()
        const fields = await stage(api, { ...where, staged, merge })
        await ensureTable(api, name, { fields, layout: merge.layout }, signal)
        const sql = mergeSql(qualified(api.target, name), qualified(api.target, staged), { fields, keys: merge.keys })
        return inserting(api, queryConfiguration(api.target, sql), signal)(place)
      },
    })
    const { insertedRowCount = 0, updatedRowCount = 0 } = job.statistics.query?.dmlStats ?? {}
    return { rows: insertedRowCount + updatedRowCount, updated: updatedRowCount, repeated }
  } finally {
    await dropTable(api, staged, AbortSignal.timeout(5000)).catch(() => undefined)
  }
}

type Staging = Where & { readonly staged: TableName; readonly merge: Merge }

const stage = async (api: Api, { location, signal, staged, merge }: Staging): Promise<readonly SchemaField[]> => {
  // A table that an attempt before left may have other columns.
  await dropTable(api, staged, signal)
  await ensureTable(api, staged, { fields: [], layout: {}, expiresAt: Date.now() + lifetime }, signal)
  const submit = merge.loading({ name: staged, write: 'WRITE_TRUNCATE', layout: {} })
  await submitAndAwait(api, { id: newJobId('stage'), location }, { submit, signal })
  const fields = await merge.fields(staged)
  await checkKeys(api, { staged, keys: merge.keys, location, signal })
  return fields
}

type Check = {
  readonly staged: TableName
  readonly keys: readonly string[]
  readonly location: string
  readonly signal: AbortSignal
}

/** Merged rows must each have a key of their own: otherwise the one or the other would be lost. */
const checkKeys = async (api: Api, { staged, keys, location, signal }: Check): Promise<void> => {
  const columns = keys.map(quoted)
  const texts = columns.map((key, index) => `CAST(${key} AS STRING) AS key_${index}`)
  const groups = `SELECT ${columns.join(', ')}, COUNT(*) AS times FROM ${qualified(api.target, staged)} GROUP BY ${columns.join(', ')}`
  const wrong = [...columns.map((key) => `${key} IS NULL`), 'times > 1'].join(' OR ')
  const sql = `SELECT ${texts.join(', ')}, CAST(times AS STRING) AS times FROM (${groups}) AS keyed WHERE ${wrong} ORDER BY times DESC LIMIT 1`
  const [row] = await askTexts(api, { sql, location, signal })
  if (!row) return
  const missing = keys.filter((_, index) => row[index] === null)
  const times = Number(row.at(-1))
  if (missing.length > 0) {
    const message = `${counted(times, 'row has', 'rows have')} no value in “${missing.join('”, “')}”, a key of the merge. Leave such rows out (table.filter), or choose other keys.`
    throw new Refused({ code: 'data', message })
  }
  const one = keys.map((key, index) => `${key} = ${row[index]}`).join(', ')
  throw new Refused({
    code: 'data',
    message: `The rows hold the key ${one} ${counted(times, 'time')}. Merge needs each key once: choose keys that tell the rows apart, or leave the doubles out.`,
  })
}

type Statement = { readonly fields: readonly SchemaField[]; readonly keys: readonly string[] }

const mergeSql = (target: string, source: string, { fields, keys }: Statement): string => {
  const names = fields.map(({ name }) => quoted(name))
  const on = keys.map((key) => `target.${quoted(key)} = source.${quoted(key)}`).join(' AND ')
  const others = names.filter((name) => !keys.some((key) => quoted(key) === name))
  const set = (others.length > 0 ? others : names).map((name) => `${name} = source.${name}`).join(', ')
  return [
    `MERGE INTO ${target} AS target USING ${source} AS source ON ${on}`,
    `WHEN MATCHED THEN UPDATE SET ${set}`,
    `WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${names.map((name) => `source.${name}`).join(', ')})`,
  ].join('\n')
}
