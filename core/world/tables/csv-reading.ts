import { Refused } from '#core/model/failure.ts'
import { findPlace, placed, type CsvSource } from './csv-mistakes.ts'
import { csvMistakeOf, describeMistake, type CsvMistake } from './refusals.ts'
import { memoryIn, type Memory } from './remembered.ts'
import { text } from './sql.ts'
import { wholeFiles, type WholeFiles } from './whole-files.ts'

/** The CSV files of one job. */
export type CsvReading = {
  readonly sources: CsvSource[]
  /** Files read leniently, since one of them mixes line ends and we have looked through them all. */
  readonly lenient: Set<string>
  readonly memory: Memory
  readonly whole: WholeFiles
  readonly signal: AbortSignal
}

/** `typeFolder`: where what is found out about files is remembered, or null. */
export const csvReading = (typeFolder: string | null, signal: AbortSignal): CsvReading => {
  const memory = memoryIn(typeFolder)
  return { sources: [], lenient: new Set(), memory, whole: wholeFiles(memory, signal), signal }
}

/**
 * DuckDB's strict reader refuses a file that mixes line ends; its lenient one takes it, but drops what stands too much
 * in a line. So when that happened our own reader looks for lines that do not fit. True: the work may be done again,
 * leniently.
 */
export const becameLenient = async (csv: CsvReading, error: unknown): Promise<boolean> => {
  const cause = error instanceof Refused ? error.cause : null
  const mistake = cause instanceof Error ? csvMistakeOf(cause.message) : null
  const open = csv.sources.filter(({ path }) => !csv.lenient.has(path))
  if (mistake === null || !isPerhapsMixed(mistake) || !open.some(({ path }) => path === mistake.file)) return false
  for (const source of open) await refuseMisfits(source, csv.signal)
  for (const { path } of open) csv.lenient.add(path)
  return true
}

/** In a file that mixes line ends DuckDB also takes quotes that are closed for open ones. */
const isPerhapsMixed = ({ kind }: CsvMistake): boolean =>
  kind === 'mixed-line-ends' || kind === 'quote' || kind === 'ragged'

/** Tries again where leniency helps; any other mistake in a CSV file gets its file and line. */
export const withLeniency = async <T>(csv: CsvReading, attempt: () => Promise<T>): Promise<T> => {
  try {
    return await attempt()
  } catch (error) {
    const broken = await csv.whole.broken()
    if (broken) throw broken
    if (await becameLenient(csv, error)) return withLeniency(csv, attempt)
    throw error instanceof Refused ? await placed(error, csv.sources, csv.signal) : error
  }
}

/** The same SQL, lenient where it reads a file that must be read so. */
export const lenientSql = (sql: string, { lenient }: CsvReading): string => {
  const isStrict = !sql.includes('strict_mode = false') && [...lenient].some((path) => sql.includes(text(path)))
  return isStrict ? sql.replaceAll('auto_detect = false', 'auto_detect = false, strict_mode = false') : sql
}

const refuseMisfits = async (source: CsvSource, signal: AbortSignal): Promise<void> => {
  for (const kind of ['ragged', 'quote'] as const) {
    const mistake = { kind, file: source.path }
    const place = await findPlace(mistake, source, signal)
    if (place) throw new Refused({ code: 'data', message: describeMistake(mistake, place) })
  }
}
