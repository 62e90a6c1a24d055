import type { TableLayout } from '#core/kinds/capabilities.ts'
import { columnNamed } from '#core/kinds/named-columns.ts'
import { counted } from '#core/model/counted.ts'
import { Refused } from '#core/model/failure.ts'
import type { SchemaField, TableAnswer } from './answers.ts'

/** As the API takes it. */
export type ApiLayout = {
  readonly timePartitioning?: object
  readonly rangePartitioning?: unknown
  readonly clustering?: { readonly fields: readonly string[] }
}

const timed = new Set(['DATE', 'DATETIME', 'TIMESTAMP'])
const mostClusters = 4

/** Of a table that is made; `fields` are its columns, or null where only BigQuery knows them. */
export const layoutOf = (layout: TableLayout | undefined, fields: readonly SchemaField[] | null): ApiLayout => {
  const { partition = null, cluster = [] } = layout ?? {}
  if (cluster.length > mostClusters)
    throw new Refused({
      code: 'invalid',
      message: `BigQuery clusters by ${mostClusters} columns at most, and these are ${counted(cluster.length, 'column')}. Name fewer.`,
    })
  const named = (name: string, what: string) =>
    fields === null ? name : columnNamed(fields, name, `“${name}” in “${what}” is no column of the rows.`).name
  const clustered = cluster.map((name) => named(name, 'cluster_by'))
  const clustering = clustered.length === 0 ? {} : { clustering: { fields: clustered } }
  if (partition === null) return clustering
  const column = named(partition.column, 'partition_by')
  const type = fields?.find(({ name }) => name === column)?.type
  if (type !== undefined && !timed.has(type))
    throw new Refused({
      code: 'invalid',
      message: `A table is partitioned by a date or a time, and “${column}” is ${type}. Choose another column, or cluster by this one.`,
    })
  if (type === 'DATE' && partition.by === 'hour')
    throw new Refused({
      code: 'invalid',
      message: `“${column}” is a DATE, which has no hours. Partition by day, month or year.`,
    })
  return { ...clustering, timePartitioning: { type: partition.by.toUpperCase(), field: column } }
}

/** Of the table that is replaced, where nothing else is asked for. */
export const kept = ({ timePartitioning, rangePartitioning, clustering }: TableAnswer): ApiLayout => ({
  ...(timePartitioning && { timePartitioning }),
  ...(rangePartitioning !== undefined && { rangePartitioning }),
  ...(clustering && { clustering }),
})
