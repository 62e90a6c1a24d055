import { z } from 'zod'
import { loadModes, partitionUnits } from '#core/kinds/capabilities.ts'
import { field } from '#core/kinds/field.ts'

export const settings = z.object({
  database: field.block({ title: 'Database', blocks: ['database'], key: true }),
  into: field
    .text({
      title: 'Table',
      help: 'name or schema.name; made when it is not there.',
      placeholder: 'rides',
      key: true,
    })
    .regex(/^[^.]+(\.[^.]+)?$/, 'name or schema.name'),
  mode: field
    .choice(loadModes, {
      title: 'Mode',
      help: 'Append adds to the rows there are; replace puts these in their place; merge does so for rows with the same keys and adds the others.',
    })
    .default('append'),
  keys: field
    .list(z.string().min(1), {
      title: 'Keys',
      help: 'For merge: the columns that tell one row from another.',
      columnsOf: 'table',
    })
    .default([]),
  objects: field
    .list(z.string().regex(/^gs:\/\/[^/*]+\/[^*]+(\*[^*]*)?$/, 'gs://bucket/name, with one * at most'), {
      title: 'Objects',
      help: 'In place of rows or files: objects of Cloud Storage that BigQuery fetches itself, for example gs://rides/data/green/*.parquet.',
    })
    .default([]),
  partition_by: field
    .text({
      title: 'Partition by',
      help: 'For a BigQuery table that this load makes: a column with dates or times. Queries that name a time read, and cost, less.',
    })
    .min(1)
    .optional(),
  partition_unit: field
    .choice(partitionUnits, { title: 'Partition for each', help: 'How long a partition is.' })
    .default('day'),
  cluster_by: field
    .list(z.string().min(1), {
      title: 'Cluster by',
      help: 'For a BigQuery table that this load makes: at most four columns by which rows lie together.',
      columnsOf: 'table',
    })
    .default([]),
})

export type LoadSettings = z.output<typeof settings>
