import { formatBytes } from '#core/kinds/bytes.ts'
import type { SelectRequest } from '#core/kinds/capabilities.ts'
import type { CsvSink, Tables } from '#core/kinds/task-context.ts'
import { Refused } from '#core/model/failure.ts'
import type { TableHandle } from '#core/model/handle.ts'
import type { ResultPage } from './answers.ts'
import type { Api } from './api.ts'
import { inserting, newJobId, submitAndAwait, type JobPlace } from './jobs.ts'
import { pageOf } from './pages.ts'
import { dryRun, queryConfiguration } from './query-configuration.ts'
import { parametersIn } from './query-parameters.ts'
import { textOf } from './result-cells.ts'
import { resultColumn, type ResultColumn } from './result-types.ts'
import { referenceTo, requireDataset } from './tables.ts'
import { tableNamed } from './target.ts'

/** The rows of one query as a table, page by page: only two pages are in memory. */
export const selectRows = async (api: Api, request: SelectRequest): Promise<TableHandle> => {
  const { sql, signal } = request
  const place = await runQuery(api, request)
  const first = await pageOf(api, place, { rows: rowsAPage, token: null, signal })
  const columns = first.schema.fields.map(resultColumn)
  const rows = { api, place, first, columns }
  const isOrdered = /\border\s+by\b/i.test(sql)
  try {
    return await receive(rows, request, { longest: usual, ordered: isOrdered })
  } catch (error) {
    if (!(error instanceof LongRow)) throw error
    return receive(rows, request, { longest: mostBytes, ordered: isOrdered })
  }
}

const rowsAPage = 100_000

/** Of a row, in bytes: those that are longer than usual take more memory. */
const [usual, mostBytes] = [2 * 2 ** 20, 100 * 2 ** 20]

class LongRow extends Error {}

/** Runs a query that changes nothing, and tells what it read. */
export const runQuery = async (
  api: Api,
  { sql, parameters = {}, into, signal }: Pick<SelectRequest, 'sql' | 'parameters' | 'into' | 'signal'>,
): Promise<JobPlace> => {
  const location = await requireDataset(api, signal)
  const more = parametersIn(parameters)
  const dry = await dryRun(api, sql, { location, signal, more })
  requireSelect(dry.statistics.query?.statementType)
  const configuration = queryConfiguration(api.target, sql, { ...more, ...keptIn(api, into) })
  const submit = inserting(api, configuration, signal)
  const { place, job } = await submitAndAwait(api, { id: newJobId('query'), location }, { submit, signal })
  const { totalBytesProcessed = 0, query } = job.statistics
  api.target.note(
    `BigQuery read ${formatBytes(totalBytesProcessed)} and bills ${formatBytes(query?.totalBytesBilled ?? 0)}.`,
  )
  return place
}

const keptIn = (api: Api, into: string | undefined): object =>
  into === undefined
    ? {}
    : {
        destinationTable: referenceTo(api, tableNamed(into, api.target)),
        createDisposition: 'CREATE_IF_NEEDED',
        writeDisposition: 'WRITE_TRUNCATE',
      }

const requireSelect = (type: string | undefined): void => {
  if (type === 'SELECT' || type === undefined) return
  throw new Refused({
    code: 'invalid',
    message: `A query gives rows and changes nothing; this is ${type.replaceAll('_', ' ')}. Write one SELECT; for statements that change something use database.execute.`,
  })
}

type Rows = {
  readonly api: Api
  readonly place: JobPlace
  readonly first: ResultPage
  readonly columns: readonly ResultColumn[]
}

const receive = async (
  { api, place, first, columns }: Rows,
  { tables, signal, progress }: SelectRequest,
  shape: { longest: number; ordered: boolean },
): Promise<TableHandle> => {
  let sent = 0
  const table = await tables.receive(
    columns.map(({ received }) => received),
    shape,
    async (csv) => {
      sent = 0
      for (let page: ResultPage | null = first; page !== null;) {
        const token = page.pageToken
        // The next page is fetched while this one is written.
        const next: Promise<ResultPage | null> =
          token === undefined ? Promise.resolve(null) : pageOf(api, place, { rows: rowsAPage, token, signal })
        next.catch(() => undefined)
        await writePage(csv, page, { columns, longest: shape.longest })
        sent += page.rows.length
        progress(sent)
        page = await next
      }
    },
  )
  if (table.rows !== sent || sent !== first.totalRows)
    throw new Error(`${first.totalRows} rows were found, ${sent} sent and ${table.rows} received.`)
  return settle(tables, table, columns)
}

const pieceSize = 1 << 20

const writePage = async (
  csv: CsvSink,
  { rows }: ResultPage,
  { columns, longest }: { columns: readonly ResultColumn[]; longest: number },
): Promise<void> => {
  let piece = ''
  for (const { f } of rows) {
    const line = `${columns.map(({ field }, index) => quotedCsv(textOf(f[index]?.v, field))).join(',')}\n`
    // A character has three bytes at most, a pair of them four.
    if (line.length * 3 > longest && Buffer.byteLength(line) > longest)
      throw new LongRow(`A row has more than ${longest} bytes.`)
    piece += line
    if (piece.length < pieceSize) continue
    await csv.write(Buffer.from(piece))
    piece = ''
  }
  if (piece !== '') await csv.write(Buffer.from(piece))
}

/** A null is `\N` without quotes, so all that looks like it, or like a line of nothing, is quoted. */
const quotedCsv = (text: string | null): string => {
  if (text === null) return '\\N'
  return text === '' || /[",\n\r\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** BIGNUMERIC has up to 76 digits: as DECIMAL(38, s) where all values fit, else as text. */
const settle = async (tables: Tables, table: TableHandle, columns: readonly ResultColumn[]): Promise<TableHandle> => {
  const open = columns.filter(({ settled }) => settled)
  if (open.length === 0) return table
  const { identifier } = tables.sql
  const questions = open.flatMap(({ received }, index) => {
    const column = identifier(received.name)
    return [
      `coalesce(max(length(split_part(${column}, '.', 2))), 0) AS scale_${index}`,
      `coalesce(max(length(split_part(ltrim(${column}, '-'), '.', 1))), 0) AS whole_${index}`,
    ]
  })
  const [facts = {}] = await tables.ask({ received: table }, `SELECT ${questions.join(', ')} FROM {received}`)
  const projections = columns.map((column) => {
    const { name } = column.received
    const index = open.indexOf(column)
    const [scale, whole] = [Number(facts[`scale_${index}`]), Number(facts[`whole_${index}`])]
    const fits = index !== -1 && scale + whole <= 38
    return { name, from: name, cast: fits ? ({ type: `DECIMAL(38,${scale})`, onBadValue: 'fail' } as const) : null }
  })
  return tables.select(table, projections)
}
