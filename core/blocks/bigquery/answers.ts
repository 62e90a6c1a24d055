import { z } from 'zod'

/** What BigQuery's API answers, as far as it is used. Numbers come as texts. */
const count = z.coerce.number()

const errorProto = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  location: z.string().optional(),
})
export type ErrorProto = z.output<typeof errorProto>

export type SchemaField = {
  readonly name: string
  readonly type: string
  readonly mode?: string | undefined
  readonly precision?: string | undefined
  readonly scale?: string | undefined
  readonly fields?: readonly SchemaField[] | undefined
}

const schemaField: z.ZodType<SchemaField> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    mode: z.string().optional(),
    precision: z.string().optional(),
    scale: z.string().optional(),
    fields: z.array(schemaField).optional(),
  }),
)

const schema = z.object({ fields: z.array(schemaField).default([]) })

const dmlStats = z.object({
  insertedRowCount: count.default(0),
  updatedRowCount: count.default(0),
  deletedRowCount: count.default(0),
})

export const jobAnswer = z.object({
  jobReference: z
    .object({ projectId: z.string(), jobId: z.string(), location: z.string().optional() })
    .partial({ jobId: true }),
  status: z.object({ state: z.string(), errorResult: errorProto.optional(), errors: z.array(errorProto).default([]) }),
  statistics: z
    .object({
      totalBytesProcessed: count.optional(),
      numChildJobs: count.optional(),
      load: z.object({ outputRows: count.optional() }).optional(),
      query: z
        .object({
          statementType: z.string().optional(),
          totalBytesBilled: count.optional(),
          numDmlAffectedRows: count.optional(),
          dmlStats: dmlStats.optional(),
          schema: schema.optional(),
        })
        .optional(),
    })
    .default({}),
})
export type JobAnswer = z.output<typeof jobAnswer>

export const jobList = z.object({ jobs: z.array(jobAnswer).default([]), nextPageToken: z.string().optional() })

export const datasetAnswer = z.object({ location: z.string() })

const timePartitioning = z.object({ type: z.string(), field: z.string().optional() })

export const tableAnswer = z.object({
  type: z.string().default('TABLE'),
  schema: schema.default({ fields: [] }),
  timePartitioning: z.looseObject(timePartitioning.shape).optional(),
  rangePartitioning: z.unknown().optional(),
  clustering: z.object({ fields: z.array(z.string()) }).optional(),
  numRows: count.optional(),
})
export type TableAnswer = z.output<typeof tableAnswer>

/** A cell holds `v`: text, null, a list of cells, or a record of cells under `f`. */
export const resultPage = z.object({
  jobComplete: z.boolean(),
  schema: schema.default({ fields: [] }),
  totalRows: count.default(0),
  pageToken: z.string().optional(),
  rows: z.array(z.object({ f: z.array(z.object({ v: z.unknown() })).default([]) })).default([]),
})
export type ResultPage = z.output<typeof resultPage>

/** Where only the success counts. */
export const anything = z.unknown()
