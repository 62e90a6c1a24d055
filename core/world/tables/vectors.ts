import duckdb from '@duckdb/node-bindings'
import type { TableHandle } from '#core/model/handle.ts'
import {
  widthOf, type Texts, type Vector, type VectorChunk, type VectorColumn, type VectorRows, type VectorType,
} from '#core/kinds/vectors.ts' // prettier-ignore
import type { ResultStream } from './duckdb.ts'
import { compute, type JobTables } from './compute.ts'
import { textsOf } from './vector-texts.ts'
import { vectorTypeOf } from '#core/kinds/vector-types.ts'

/** What `use` threw: it is no mistake of the plan. */
class UseFailed extends Error {}

export const vectorsOf = async <R extends { readonly rows: number }>(
  job: JobTables,
  input: TableHandle,
  use: (rows: VectorRows) => Promise<R>,
): Promise<R> => {
  const columns = input.columns.map(({ name, type }) => ({ name, type: vectorTypeOf(name, type) }))
  try {
    return await compute(job, input, (select) => streamed(job, select, columns, use))
  } catch (error) {
    throw error instanceof UseFailed ? error.cause : error
  }
}

const streamed = async <R>(
  { connection }: JobTables,
  select: string,
  columns: readonly VectorColumn[],
  use: (rows: VectorRows) => Promise<R>,
): Promise<R> => {
  const stream = await connection.stream(select)
  let ofPlan: unknown = null
  const next = () =>
    stream.next().catch((error: unknown) => {
      ofPlan = error
      throw error
    })
  try {
    const result = await use({ columns, chunks: chunksOf(next, columns) })
    await stream.stop()
    return result
  } catch (error) {
    await stream.stop()
    throw error === ofPlan ? error : new UseFailed('The rows could not be used.', { cause: error })
  }
}

/** One chunk ahead: DuckDB computes the next while this one is used. */
async function* chunksOf(next: ResultStream['next'], columns: readonly VectorColumn[]): AsyncGenerator<VectorChunk> {
  for (let chunk = await next(); chunk !== null;) {
    const { chunk: raw, rowCount: rows } = chunk
    const following = next()
    // It is waited for below, unless the rows are not wanted any more.
    following.catch(() => undefined)
    let isUsed = false
    try {
      yield {
        rows,
        vectors: columns.map(({ type }, index) => vectorOf(duckdb.data_chunk_get_vector(raw, index), type, rows)),
      }
      isUsed = true
    } finally {
      // Until here the chunk is in use, and with it the memory that the vectors show; it goes before its database does.
      chunk.reset()
      if (!isUsed) following.then((unused) => unused?.reset()).catch(() => undefined)
    }
    chunk = await following
  }
}

type Raw = ReturnType<typeof duckdb.data_chunk_get_vector>

const vectorOf = (raw: Raw, type: VectorType, length: number): Vector => {
  const data = duckdb.vector_get_data(raw, length * widthOf(type))
  // DuckDB gives none where every value is there.
  const validity = duckdb.vector_get_validity(raw, Math.ceil(length / 64) * 8) as Uint8Array | null | undefined
  const items =
    type.kind === 'list'
      ? vectorOf(duckdb.list_vector_get_child(raw), type.item, duckdb.list_vector_get_size(raw))
      : null
  const vector = { type, length, validity: validity ?? null, data, items }
  let texts: Texts | null = null
  return { ...vector, texts: () => (texts ??= textsOf(vector)) }
}
